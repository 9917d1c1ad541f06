package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"harrier"
	"harrier/cql"
	"harrier/decode"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/internal/rdns"
	"harrier/internal/reltime"
)

// queryFlags are the flags that say how a query text is to be understood.
type queryFlags struct {
	dialect    string
	params     []string
	lookupDirs []string
	savedDir   string
	cityDB     string
	asnDB      string
	salts      []string
	allowDNS   bool
}

func (q *queryFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&q.allowDNS, "allow-dns", false, "let reverseDns() and rdns() ask name servers, which tells them what you look into")
	q.addForDetections(f)
	f.StringVar(&q.dialect, "dialect", "harrier", "read queries in the dialect `NAME`: harrier (warns of what LogScale refuses) or logscale (refuses it)")
}

// addForDetections leaves out what a detection says itself.
func (q *queryFlags) addForDetections(f *pflag.FlagSet) {
	f.StringArrayVar(&q.params, "param", nil, "give the parameter ?k the value v (`k=v`); several make a list")
	f.StringArrayVar(&q.lookupDirs, "lookup-dir", nil, "look for lookup files in `DIR`")
	f.StringVar(&q.savedDir, "saved", "", "look for saved queries $\"NAME\"() as NAME.cql in `DIR`")
	f.StringVar(&q.cityDB, "city-db", "", "MaxMind city database `FILE` for ipLocation()")
	f.StringArrayVar(&q.salts, "salt", nil, "give hashRewrite() and hashMatch() the salt named NAME (`NAME=VALUE`)")
	f.StringVar(&q.asnDB, "asn-db", "", "MaxMind ASN database `FILE` for asn()")
}

func parseDialect(s string) (cql.Dialect, error) {
	switch strings.ToLower(s) {
	case "", "harrier":
		return cql.Harrier, nil
	case "logscale":
		return cql.LogScale, nil
	}
	return 0, fmt.Errorf("unknown dialect %q: it is harrier or logscale", s)
}

func (q *queryFlags) options() (*harrier.Options, error) {
	d, err := parseDialect(q.dialect)
	if err != nil {
		return nil, err
	}
	o := &harrier.Options{Dialect: d, CityDB: q.cityDB, ASNDB: q.asnDB}
	if len(q.params) > 0 {
		o.Parameters = map[string][]string{}
		for _, p := range q.params {
			k, v, ok := strings.Cut(p, "=")
			if !ok || k == "" {
				return nil, fmt.Errorf("--param %s: write NAME=VALUE", p)
			}
			o.Parameters[k] = append(o.Parameters[k], v)
		}
	}
	if q.allowDNS {
		o.Resolver = resolve
	}
	for _, salt := range q.salts {
		k, v, ok := strings.Cut(salt, "=")
		if !ok || k == "" {
			return nil, fmt.Errorf("--salt %s: write NAME=VALUE", salt)
		}
		if o.Salts == nil {
			o.Salts = map[string]string{}
		}
		o.Salts[k] = v
	}
	if len(q.lookupDirs) > 0 {
		o.Lookups = &function.Lookups{}
		for _, dir := range q.lookupDirs {
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return nil, fmt.Errorf("--lookup-dir %s is not a folder", dir)
			}
			o.Lookups.Dirs = append(o.Lookups.Dirs, os.DirFS(dir))
		}
	}
	if q.savedDir != "" {
		if info, err := os.Stat(q.savedDir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--saved %s is not a folder", q.savedDir)
		}
		o.Saved = savedIn(os.DirFS(q.savedDir))
	}
	return o, nil
}

// savedIn finds saved queries as files; in a name the characters that files
// cannot have stand as they are below a folder (package/name) or as "_".
func savedIn(dir fs.FS) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, n := range []string{name, strings.NewReplacer(":", "/").Replace(name), strings.NewReplacer(":", "_", "/", "_").Replace(name)} {
			n = n + ".cql"
			if !fs.ValidPath(n) {
				continue
			}
			if data, err := fs.ReadFile(dir, n); err == nil {
				return string(data), true
			}
		}
		return "", false
	}
}

// runFlags are the flags that say how a query is run.
type runFlags struct {
	start, end  string
	memory      string
	workers     int
	inputFormat string
}

func (r *runFlags) add(f *pflag.FlagSet) {
	f.StringVar(&r.inputFormat, "input-format", "", "read all files in the format `NAME`: "+strings.Join(decode.Names(), ", ")+" (default: each file is looked at)")
	f.StringVar(&r.start, "start", "", "only events at or after `TIME`: 24h, 1d@d, ISO 8601, epoch milliseconds")
	f.StringVar(&r.end, "end", "", "only events before `TIME`")
	f.StringVar(&r.memory, "memory", "1GiB", "fail when the state of a query needs more than `SIZE`")
	f.IntVar(&r.workers, "workers", 0, "read with `N` workers (default: one per core)")
}

func (r *runFlags) options(now time.Time) (harrier.RunOptions, error) {
	o := harrier.RunOptions{Now: now, Workers: r.workers, Stats: &event.Stats{}}
	if r.workers < 0 {
		return o, fmt.Errorf("--workers %d: give a number above zero", r.workers)
	}
	var err error
	if r.start != "" {
		if o.Start, err = reltime.ParsePoint(r.start, now, time.UTC); err != nil {
			return o, fmt.Errorf("--start: %w", err)
		}
	}
	if r.end != "" {
		if o.End, err = reltime.ParsePoint(r.end, now, time.UTC); err != nil {
			return o, fmt.Errorf("--end: %w", err)
		}
	}
	if !o.Start.IsZero() && !o.End.IsZero() && !o.Start.Before(o.End) {
		return o, fmt.Errorf("--start %s is not before --end %s", r.start, r.end)
	}
	if o.Memory, err = parseSize(r.memory); err != nil {
		return o, fmt.Errorf("--memory: %w", err)
	}
	return o, nil
}

// parseSize reads 512MiB, 2GB, 1073741824.
func parseSize(s string) (int64, error) {
	units := []struct {
		suffix string
		factor int64
	}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"b", 1}, {"", 1}}
	low := strings.ToLower(strings.TrimSpace(s))
	for _, u := range units {
		if digits, ok := strings.CutSuffix(low, u.suffix); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
			if err != nil || !(n > 0) || n*float64(u.factor) > 1<<50 {
				return 0, fmt.Errorf("%q is no size such as 512MiB or 2GiB", s)
			}
			return int64(n * float64(u.factor)), nil
		}
	}
	return 0, fmt.Errorf("%q is no size such as 512MiB or 2GiB", s)
}

// showDiagnostics writes diagnostics of one text to w.
func showDiagnostics(s streams, src diag.Source, l diag.List) {
	diag.Text(s.err, src, l, diag.TextOptions{Color: isTerminal(s.err)})
}

// readText reads a query file, "-" being standard input.
func readText(s streams, path string) (string, error) {
	if path == "-" {
		data, err := io.ReadAll(s.in)
		return string(data), err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read query: %w", err)
	}
	return string(data), nil
}

// queryFiles lists the .cql files of paths, folders searched, in order; other
// files are taken when they are named.
func queryFiles(paths []string, exts ...string) ([]string, error) {
	var out []string
	for _, p := range paths {
		if p == "-" {
			out = append(out, p)
			continue
		}
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		err = filepath.WalkDir(p, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			for _, e := range exts {
				// An extension, or the name of a file.
				if !d.IsDir() && (e == d.Name() || e[0] == '.' && hasSuffix(p, e)) {
					out = append(out, p)
					break
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there is nothing to read: give files, folders or - for standard input")
	}
	return out, nil
}

// resolve asks DNS for the name of an address, but not for those that mean something only where they are used.
func resolve(ctx context.Context, server string, addr netip.Addr) (string, error) {
	if rdns.Special(addr) {
		return "", function.ErrNotAsked
	}
	return rdns.Lookup(ctx, server, addr)
}
