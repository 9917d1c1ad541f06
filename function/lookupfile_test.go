package function_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"harrier"
	"harrier/cql"
	"harrier/decode"
	"harrier/function"
)

var lookupFiles = fstest.MapFS{
	"pairs.csv":  {Data: []byte("one,two,three\nc,b,1\na,b,2\nc,d,3\nc,e,4\n")},
	"short.csv":  {Data: []byte("k,v,w\n1,,\n2\n3,x,y\n")},
	"keyed.json": {Data: []byte(`{"2":{"name":"two"},"4":{"name":"four","note":"even"}}`)},
	"rows.json":  {Data: []byte(`[{"id":"2","name":"two"},{"id":3,"name":null}]`)},
	"nets.csv": {Data: []byte("net,port,name\n0.0.0.0/0,,all\n10.0.0.0/8,,ten\n10.1.2.3/16,,wide\n10.1.0.0/16,,wide again\n10.1.2.3,,host\n" +
		"::ffff:192.0.2.0/120,,mapped\n2001:db8::/32,,doc\n,,blank\nnowhere,,bad\n")},
	"ends.csv":  {Data: []byte("src,dst,name\n10.0.0.0/8,10.0.0.0/8,in\n10.0.0.0/8,10.1.0.0/16,lab\n10.0.0.0/8,::/0,out\n")},
	"words.csv": {Data: []byte("word,n\nzip,1\nb*n,2\nAn,3\nAn,4\nan,5\n")},
	"res.csv":   {Data: []byte("re,n\n^a.c$,1\nb+,2\n(,3\n")},
	"bad.json":  {Data: []byte("[\n{\"a\":[]}]")},
	"empty.csv": {},
}

func bigGlob() []byte {
	return []byte("k\n" + strings.Repeat("x\n", 20001))
}

// ran runs a query with the lookup files and gives rows or diagnostics as text.
func ran(t *testing.T, query, in string, o harrier.Options) string {
	t.Helper()
	files := fstest.MapFS{"big.csv": {Data: bigGlob()}}
	for name, f := range lookupFiles {
		files[name] = f
	}
	o.Lookups = &function.Lookups{Dirs: []fs.FS{files}}
	q, problems := harrier.Compile(query, &o)
	var lines []string
	for _, d := range problems {
		lines = append(lines, fmt.Sprintf("%s %s: %s", d.Severity, d.Code, d.Message))
	}
	if q == nil {
		return strings.Join(lines, "\n")
	}
	src, err := decode.Open(nil, decode.Options{Format: "ndjson"})
	if err != nil {
		t.Fatal(err)
	}
	if err := src.AddBytes("in", []byte(in)); err != nil {
		t.Fatal(err)
	}
	for b, err := range q.Run(context.Background(), src, harrier.RunOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.Selected() {
			var fields []string
			for i, name := range b.Names() {
				if v, ok := b.Columns()[i].Text(int(r)); ok && name[0] != 0 && name[0] != '@' {
					fields = append(fields, name+"="+v)
				}
			}
			lines = append(lines, strings.Join(fields, " "))
		}
	}
	return strings.Join(lines, "\n")
}

func TestMatch(t *testing.T) {
	letters := `{"f":"c","g":"e"}` + "\n" + `{"f":"c","g":"x"}` + "\n" + `{"f":"C"}`
	ips := `{"ip":"10.1.2.3"}` + "\n" + `{"ip":"10.1.9.9"}` + "\n" + `{"ip":"10.9.9.9"}` + "\n" + `{"ip":"::ffff:192.0.2.9"}` + "\n" +
		`{"ip":"2001:db8::1%eth0"}` + "\n" + `{"ip":"2001:db9::1"}` + "\n" + `{"ip":"ten"}`
	for _, c := range []struct{ query, in, want string }{
		{"match(pairs.csv, field=[f, g], column=[one, two])", letters, "f=c g=e three=4"},
		{"match(pairs.csv, field=f, column=one)", letters, "f=c g=e two=e three=4\nf=c g=x two=e three=4"},
		{"match(pairs.csv, field=f, column=one, include=[three, one], ignoreCase=true)", letters, "f=c g=e one=c three=4\nf=c g=x one=c three=4\nf=C one=c three=4"},
		{"match(pairs.csv, field=g, column=two, include=[])", letters, "f=c g=e"},
		{"match(pairs.csv, field=f, column=one, nrows=2, include=three)", `{"f":"c"}` + "\n" + `{"f":"a"}`, "f=c three=4\nf=c three=3\nf=a three=2"},
		{"match(pairs.csv, field=f, column=one, nrows=max, include=three, strict=false)", `{"f":"c"}` + "\n" + `{"f":"z","three":"0"}`, "f=c three=4\nf=c three=3\nf=c three=1\nf=z three=0"},
		{"!match(pairs.csv, field=[f, g], column=[one, two])", letters, "f=c g=x\nf=C"},
		{"match(pairs.csv, field=f, column=one) or g=x", letters,
			"warning call-in-filter: LogScale takes a call as a step of its own, not as part of a condition\nf=c g=e\nf=c g=x"},
		{"f =~ match(pairs.csv, column=one, include=three) | three > 3", letters, "f=c g=e three=4\nf=c g=x three=4"},
		{"match(pairs.csv, field=one)", `{"one":"a","two":"mine"}`, "one=a two=b three=2"},
		{"case { match(pairs.csv, field=f, column=one, include=two, nrows=2); * }", `{"f":"c"}` + "\n" + `{"f":"z"}`, "f=c two=e\nf=c two=d\nf=z"},

		{"match(short.csv, field=k)", `{"k":"1","v":"old","w":"old"}` + "\n" + `{"k":"2","v":"old"}` + "\n" + `{"k":"3"}`, "k=1 v= w=\nk=2 v=old\nk=3 v=x w=y"},
		{"match(short.csv, field=k, column=v)", `{"k":""}`, "k=1 w="},
		{"match(keyed.json, field=n)", `{"n":2}` + "\n" + `{"n":"4"}` + "\n" + `{"n":5}`, "n=2 name=two\nn=4 name=four note=even"},
		{"match(keyed.json, field=n, column=name)", `{"n":"two"}`, "n=two"},
		{"count() | match(keyed.json, field=_count)", letters + "\n{}", "_count=4 name=four note=even"},
		{"match(rows.json, field=n, column=id, strict=false)", `{"n":3}` + "\n" + `{"n":2}`, "n=3\nn=2 name=two"},
		{"match(empty.csv, field=n, include=[], column=n, strict=false)", `{"n":3}`, `error unknown-column: empty.csv has no column "n"`},

		{"match(nets.csv, field=ip, column=net, mode=cidr, include=name)", ips, "warning bad-lookup-key: in nets.csv one row matches nothing, since its key \"nowhere\" is no subnet\n" +
			"ip=10.1.2.3 name=host\nip=10.1.9.9 name=wide again\nip=10.9.9.9 name=ten\nip=::ffff:192.0.2.9 name=mapped\nip=2001:db8::1%eth0 name=doc"},
		{"match(nets.csv, field=ip, column=net, mode=cidr, include=name, nrows=3)", `{"ip":"10.1.2.3"}`, "warning bad-lookup-key: in nets.csv one row matches nothing, since its key \"nowhere\" is no subnet\n" +
			"ip=10.1.2.3 name=host\nip=10.1.2.3 name=wide again\nip=10.1.2.3 name=wide"},
		{"match(ends.csv, field=[src, dst], mode=cidr)", `{"src":"10.0.0.1","dst":"10.1.0.1"}` + "\n" + `{"src":"10.0.0.1","dst":"10.2.0.1"}` + "\n" +
			`{"src":"10.0.0.1","dst":"::1"}` + "\n" + `{"src":"::1","dst":"::1"}`, "src=10.0.0.1 dst=10.1.0.1 name=lab\nsrc=10.0.0.1 dst=10.2.0.1 name=in\nsrc=10.0.0.1 dst=::1 name=out"},
		{"match(words.csv, field=w, column=word, mode=glob)", `{"w":"gAnzip"}` + "\n" + `{"w":"a bean"}` + "\n" + `{"w":"a zip!"}` + "\n" + `{"w":"ban"}`, "w=gAnzip n=4\nw=a bean n=5\nw=a zip! n=1\nw=ban n=5"},
		{"match(words.csv, field=w, column=word, mode=glob, ignoreCase=true, nrows=max)", `{"w":"BAN"}`, "w=BAN n=4\nw=BAN n=3\nw=BAN n=5\nw=BAN n=2"},
		{"match(res.csv, field=w, column=re, mode=regex)", `{"w":"abc"}` + "\n" + `{"w":"a.c"}` + "\n" + `{"w":"xyz"}`, "warning bad-lookup-key: in res.csv one row matches nothing, since its key \"(\" is no regular expression\n" +
			"warning harrier-only: LogScale has no mode=regex\nw=abc n=2\nw=a.c n=1"},

		{"match(field=f)", "", "error missing-argument: match() needs a lookup file or table: file"},
		{"match(pairs.csv, table=pairs.csv, field=f)", "", "error duplicate-parameter: match() is given both file and table, which mean the same"},
		{"match(pair.csv, field=f)", "", `error unknown-file: there is no lookup file or table "pair.csv"; did you mean pairs.csv?`},
		{"match(bad.json, field=f)", "", `error bad-lookup-file: read lookup file bad.json: line 2: the value of "a" is not text, a number or a boolean`},
		{"match(pairs.csv, field=onee)", "", `error unknown-column: pairs.csv has no column "onee"; did you mean one?`},
		{"match(pairs.csv, field=f, column=[one, two])", "", "error bad-value: there are 2 columns for 1 fields, and each field needs one"},
		{"match(pairs.csv, field=one, include=[two, zzz])", "", `error unknown-column: pairs.csv has no column "zzz"`},
		{"match(keyed.json, field=[n, m])", "", "error bad-value: keyed.json is found by one key, so that only one field can be looked up in it"},
		{"match(big.csv, field=k, mode=glob)", "", "error bad-value: big.csv has 20001 rows, and mode=glob takes at most 20000"},
		{"match(pairs.csv, field=one, glob=true, mode=cidr)", "", "error bad-value: glob=true means mode=glob, and mode is cidr\n" +
			"warning deprecated-parameter: the parameter glob of match() is deprecated: use mode=glob"},
	} {
		if got := ran(t, c.query, c.in, harrier.Options{}); got != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.query, got, c.want)
		}
	}
}

func TestMatchInContext(t *testing.T) {
	if got, want := ran(t, "match(gone.csv, field=f)", `{"f":"1"}`, harrier.Options{Context: function.Parser}),
		"warning unknown-file: there is no lookup file or table \"gone.csv\"\nf=1"; got != want {
		t.Errorf("in a parser: %s", got)
	}
	if got, want := ran(t, "match(pairs.csv, field=one, mode=regex)", "", harrier.Options{Dialect: cql.LogScale}),
		"error harrier-only: LogScale has no mode=regex"; got != want {
		t.Errorf("in the dialect of LogScale: %s", got)
	}
	for _, query := range []string{"match(gone.csv, field=f, column=c, include=d)", "match(?file, field=f, nrows=?n, mode=?m)", "readFile([a.csv, ?b], include=x)", "asn()", "ipLocation(x)"} {
		if d := harrier.Check(query, nil); len(d) > 0 {
			t.Errorf("check of %s: %v", query, d)
		}
	}
	withFiles := &harrier.Options{Lookups: &function.Lookups{Dirs: []fs.FS{lookupFiles}}}
	if d := harrier.Check("match(pairs.csv, field=none)", withFiles); !d.HasErrors() {
		t.Error("a check with the file at hand does not look into it")
	}
	if d := harrier.Check("match(none.csv, field=none)", withFiles); len(d) > 0 {
		t.Errorf("a check without the file: %v", d)
	}
}

func TestReadFile(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"readFile(short.csv)", "k=1 v= w=\nk=2\nk=3 v=x w=y"},
		{"readFile([short.csv, keyed.json], include=[v, name, _key], limit=4)", "v=\n\nv=x\n_key=2 name=two"},
		{"readFile(file=rows.json) | count(name)", "_count=1"},
		{"readFile(table=pairs.csv, limit=1) | x := three + 1", "one=c two=b three=1 x=2"},
		{"in=* | readFile(pairs.csv, include=one, limit=2)", "warning events-discarded: readFile() makes events of its own, so that what stands before it has no effect\none=c\none=a"},
		{"count() | createEvents(\"n=1\") | kvParse()", "warning events-discarded: createEvents() makes events of its own, so that what stands before it has no effect\nn=1"},
		{"createEvents(\"n=1\") | createEvents([\"n=2\", \"n=3\"]) | kvParse()", "warning events-discarded: createEvents() makes events of its own, so that what stands before it has no effect\nn=2\nn=3"},
		{"createEvents([])", ""},
		{"createEvents([apple, pear]) | pear | count()", "_count=1"},

		{"readFile(gone.csv)", `error unknown-file: there is no lookup file or table "gone.csv"`},
		{"readFile([pairs.csv, short.csv], include=[one, kk])", `error unknown-column: pairs.csv has no column "kk"; did you mean k?`},
		{"readFile(pairs.csv, limit=0)", "error bad-value: limit of readFile() is between 1 and 9007199254740992, and 0 is not"},
		{"readFile()", "error missing-argument: readFile() needs a lookup file or table: file"},
	} {
		if got := ran(t, c.query, `{"in":"1"}`+"\n"+`{"in":"2"}`, harrier.Options{}); got != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.query, got, c.want)
		}
	}
}
