package main

import "strings"

// tongue is a language with common names of its people, the spelling for addresses behind a colon where the script is another.
type tongue struct {
	share         int // of a hundred people
	given, family []string
}

func names(text string) []string { return strings.Fields(text) }

var tongues = []tongue{
	{
		share: 24, given: names(`Olivia Emma Amelia Charlotte Grace Hannah Alice Joanna Diana Susanna Rosanne Ruby Chloe Lucy Zoe
		James Oliver William Henry Thomas George Daniel Nathan Adam Leo Oscar Samuel Jack Harry Ryan`),
		family: names(`Smith Jones Williams Brown Taylor Davies Wilson Evans Thomas Johnson Roberts Walker Wright Robinson Thompson White
		Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Turner Hill Cooper O'Brien O'Neill McDonald`),
	},
	{
		share: 9, given: names(`María José Ana Carmen Lucía Sofía Martín Andrés Joaquín Íñigo Nuria Begoña Raúl Inés Álvaro Susana Mariana Joana`),
		family: names(`García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Núñez Ibáñez`),
	},
	{
		share: 6, given: names(`Léa Chloé Éloïse Zoé Anaïs Manon Françoise Noëlle Jérôme François Benoît Théo Loïc Gaëtan Rémi Hugo`),
		family: names(`Dubois Durand Leroy Moreau Lefèvre Girard Bonnet François Lambert Fontaine Rousseau Béranger Chevalier Gauthier Legrand D'Amboise`),
	},
	{
		share: 6, given: names(`Jürgen Björn Günther Sören Käthe Anneliese Johanna Lukas Maximilian Felix Jonas Marlene Greta Änne Ute`),
		family: names(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schäfer Köhler Groß Weiß Krüger Böhm Straßer Hoffmann`),
	},
	{
		share: 4, given: names(`João Inês Luís Antônio Conceição Fernanda Luciana Tiago Simão Vitória Ângela Mateus`),
		family: names(`Silva Santos Oliveira Souza Pereira Ferreira Almeida Gonçalves Araújo Simões Guimarães Magalhães`),
	},
	{
		share: 4, given: names(`Zofia Łukasz Małgorzata Paweł Agnieszka Michał Grażyna Stanisław Wojciech Żaneta Hanna Joanna`),
		family: names(`Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Dąbrowski Szymański Woźniak Łuczak Żak`),
	},
	{
		share: 4, given: names(`Bjørn Åse Søren Ingrid Astrid Øyvind Kjell Signe Håkon Linnéa Göran Åke Elísabet Þóra`),
		family: names(`Hansen Johansen Olsen Larsen Sørensen Nilsson Åkesson Lindström Østergård Bergström Jónsdóttir Guðmundsson`),
	},
	{
		share: 4, given: names(`Ayşe Mehmet Zeynep İbrahim Gülşen Çağla Öykü Şule Emre Yiğit`),
		family: names(`Yılmaz Kaya Demir Çelik Şahin Öztürk Aydın Doğan Kılıç Güneş`),
	},
	{
		share: 4, given: names(`Ada Chidi Ngozi Emeka Amina Kwame Kofi Abena Thabo Naledi Wanjiru Otieno Fatou Ousmane`),
		family: names(`Okafor Adeyemi Eze Okonkwo Mensah Owusu Dlamini Nkosi Mwangi Ochieng Diallo Traoré Ndiaye Bello`),
	},
	{
		share: 5, given: names(`Priya Ananya Rahul Arjun Lakshmi Sanjay Kavita Vikram Deepa Rohan`),
		family: names(`Shah Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Banerjee Chatterjee`),
	},
	{
		share: 3, given: names(`Nguyệt Đức Hương Tuấn Phương Ánh Dũng Quỳnh Thảo Minh`),
		family: names(`Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ`),
	},
	{
		share: 6, given: names(`伟:wei 芳:fang 娜:na 秀英:xiuying 敏:min 静:jing 强:qiang 磊:lei 洋:yang 艳:yan 勇:yong 杰:jie 娟:juan 涛:tao 明:ming 小红:xiaohong`),
		family: names(`王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 黄:huang 周:zhou 吴:wu 徐:xu 孙:sun`),
	},
	{
		share: 4, given: names(`さくら:sakura 陽菜:hina 翔太:shota 健:ken 美咲:misaki 大輔:daisuke 結衣:yui 蓮:ren ユキ:yuki`),
		family: names(`佐藤:sato 鈴木:suzuki 高橋:takahashi 田中:tanaka 伊藤:ito 渡辺:watanabe 山本:yamamoto 中村:nakamura 小林:kobayashi`),
	},
	{
		share: 3, given: names(`민준:minjun 서연:seoyeon 지훈:jihun 수빈:subin 예은:yeeun 현우:hyeonu 지우:jiu`),
		family: names(`김:kim 이:lee 박:park 최:choi 정:jeong 강:kang 조:cho`),
	},
	{
		share: 5, given: names(`Анна:anna Иван:ivan Мария:maria Дмитрий:dmitri Ольга:olga Сергей:sergei Наталья:natalya Фёдор:fyodor Йосип:yosyp Оксана:oksana`),
		family: names(`Иванова:ivanova Смирнов:smirnov Кузнецова:kuznetsova Попов:popov Шевченко:shevchenko Коваленко:kovalenko Бондаренко:bondarenko Йовович:jovovich`),
	},
	{
		share: 3, given: names(`Γιώργος:giorgos Μαρία:maria Ελένη:eleni Νίκος:nikos Άννα:anna Δημήτρης:dimitris`),
		family: names(`Παπαδόπουλος:papadopoulos Γεωργίου:georgiou Νικολαΐδης:nikolaidis Ιωάννου:ioannou Αντωνίου:antoniou`),
	},
	{
		share: 4, given: names(`محمد:mohammed فاطمة:fatima أحمد:ahmed عائشة:aisha يوسف:youssef مريم:maryam خالد:khalid`),
		family: names(`العلي:alali حسن:hassan إبراهيم:ibrahim منصور:mansour الخطيب:alkhatib نجار:najjar`),
	},
	{share: 2, given: names(`נועה:noa דוד:david יעל:yael משה:moshe תמר:tamar`), family: names(`כהן:cohen לוי:levi מזרחי:mizrahi פרץ:peretz ביטון:biton`)},
}

var domains = names(`northwind.example mail.northwind.example contoso.example fabrikam.example tailspin.example people.example mail.example post.example`)
