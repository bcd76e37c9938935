package page

import (
	"html"
	"html/template"
	"text/template/parse"
)

// sayConstants replaces what is the same on every page of a language, sentences without values and addresses of files,
// by its text, so that no page has to look it up and escape it again. It comes before the contextual escaping, to which
// it is the author's own text; the names of these calls stand in text and in quoted attributes only.
func (v voice) sayConstants(t *template.Template) error {
	for _, one := range t.Templates() {
		if one.Tree == nil {
			continue
		}
		if err := v.sayIn(one.Tree.Root); err != nil {
			return err
		}
	}
	return nil
}

func (v voice) sayIn(list *parse.ListNode) error {
	if list == nil {
		return nil
	}
	for i, node := range list.Nodes {
		var err error
		switch n := node.(type) {
		case *parse.ActionNode:
			list.Nodes[i], err = v.constant(n)
		case *parse.IfNode:
			err = v.sayInBoth(n.BranchNode)
		case *parse.RangeNode:
			err = v.sayInBoth(n.BranchNode)
		case *parse.WithNode:
			err = v.sayInBoth(n.BranchNode)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (v voice) sayInBoth(n parse.BranchNode) error {
	if err := v.sayIn(n.List); err != nil {
		return err
	}
	return v.sayIn(n.ElseList)
}

// constant returns the text of {{say "key"}} and {{asset "name"}}, and any other action as it is.
func (v voice) constant(n *parse.ActionNode) (parse.Node, error) {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 2 {
		return n, nil
	}
	function, isCall := n.Pipe.Cmds[0].Args[0].(*parse.IdentifierNode)
	name, isText := n.Pipe.Cmds[0].Args[1].(*parse.StringNode)
	if !isCall || !isText {
		return n, nil
	}
	var text string
	var err error
	switch function.Ident {
	case "say":
		var said spoken
		said, err = v.say(name.Text)
		text = string(said)
	case "asset":
		text, err = v.assets.Path(name.Text)
	default:
		return n, nil
	}
	return &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(html.EscapeString(text))}, err
}
