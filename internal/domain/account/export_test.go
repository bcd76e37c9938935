package account

// What tests of this package reach directly.
var (
	ParseName  = parseName
	Fold       = fold
	JoinHashed = (*Service).joinHashed
)
