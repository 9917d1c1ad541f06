package decode

// table lists every format, sorted by name.
var table = []*Format{
	auditdFormat,
	cefFormat,
	csvFormat,
	evtxFormat,
	fdrFormat,
	jsonFormat,
	leefFormat,
	ndjsonFormat,
	squidFormat,
	syslogFormat,
	textFormat,
	tsvFormat,
	winxmlFormat,
	zeekFormat,
}
