package decode

// table lists every format, sorted by name.
var table = []*Format{
	csvFormat,
	fdrFormat,
	jsonFormat,
	ndjsonFormat,
	textFormat,
	tsvFormat,
}
