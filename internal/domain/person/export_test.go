package person

// ParseName is what tests of this package reach directly.
var ParseName = parseName
