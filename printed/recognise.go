package printed

// recogniser is a kind of text that one program prints: how it begins, where it ends, and how it is read. A new kind of
// text is a new row of recognisers, and a file of its own.
type recogniser struct {
	kind BlockKind
	// starts says whether it begins at the line s.lines[i], which is l. Asked of each line that nothing else has claimed.
	starts func(s *scanner, i int, l string) bool
	// end gives the line after its last one.
	end func(s *scanner, i int) int
	// read gives what it tells. Nil for objects and logs, which others read.
	read func(b Block) (*Objects, error)
}

// recognisers are asked in this order: what is told by more than one line stands before what is told by one.
func recognisers() []recogniser {
	return []recogniser{
		{BlockAlerts, (*scanner).alertsAt, (*scanner).alertsEnd, func(b Block) (*Objects, error) { return Alerts(b.Text), nil }},
		{BlockExport, (*scanner).exportAt, (*scanner).jsonEnd, func(b Block) (*Objects, error) { return Export(b.Text), nil }},
		{BlockObjects, (*scanner).objectsAt, (*scanner).objectsEnd, nil},
		{BlockPart, (*scanner).partAt, (*scanner).partEnd, func(b Block) (*Objects, error) { return readPart(b), nil }},
		{BlockInspect, (*scanner).inspectAt, (*scanner).objectsEnd, func(b Block) (*Objects, error) { return Inspect(b.Text) }},
		{BlockDockerInspect, (*scanner).dockerInspectAt, (*scanner).objectsEnd, func(b Block) (*Objects, error) { return DockerInspect(b.Text) }},
		{BlockSections, (*scanner).sectionsAt, (*scanner).sectionsEnd, func(b Block) (*Objects, error) { return Sections(b.Text), nil }},
		{BlockDescribe, (*scanner).describeAt, (*scanner).describeEnd, func(b Block) (*Objects, error) { return Describe(b.Text) }},
		{BlockJournal, (*scanner).journalAt, (*scanner).journalEnd, func(b Block) (*Objects, error) { return Journal(b.Text), nil }},
		{BlockStatus, (*scanner).statusAt, (*scanner).statusEnd, func(b Block) (*Objects, error) { return Status(b.Text), nil }},
		{BlockCrictl, (*scanner).crictlAt, (*scanner).crictlEnd, func(b Block) (*Objects, error) { return Crictl(b.Text), nil }},
		{BlockDocker, (*scanner).dockerAt, (*scanner).dockerEnd, func(b Block) (*Objects, error) { return DockerPs(b.Text), nil }},
		{BlockScreen, (*scanner).screenAt, (*scanner).screenEnd, func(b Block) (*Objects, error) { return Screen(b.Text), nil }},
		{BlockEventList, (*scanner).eventListAt, (*scanner).eventListEnd, func(b Block) (*Objects, error) { return EventList(b.Text), nil }},
		{BlockTable, (*scanner).tableAt, (*scanner).tableEnd, func(b Block) (*Objects, error) { return Table(b.Text, b.Command.Kind), nil }},
	}
}

// recogniserOf gives the row of a kind, the zero one for kinds that are no program's.
func recogniserOf(kind BlockKind) recogniser {
	for _, r := range recognisers() {
		if r.kind == kind {
			return r
		}
	}
	return recogniser{}
}

// Read gives what the block tells; nil for objects of the API and for logs, which are not read here, and for other text.
// The error says why a block that is known is of no use.
func (b Block) Read() (*Objects, error) {
	if read := recogniserOf(b.Kind).read; read != nil {
		return read(b)
	}
	return nil, nil
}
