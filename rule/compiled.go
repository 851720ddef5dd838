package rule

// compiled holds the lazily compiled forms of a rule's patterns, conditions and templates.
type compiled struct{}
