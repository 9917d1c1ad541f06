package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// seed is the number the day grows from.
const seed = 1596

var midnight = time.Date(2026, time.March, 17, 0, 0, 0, 0, time.UTC).UnixMilli()

// clock is a time of the day in milliseconds since 1970.
func clock(hour, minute, second int) int64 {
	return midnight + int64(hour)*3_600_000 + int64(minute)*60_000 + int64(second)*1000
}

func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// stream is a source of random numbers that depends on the seed and a name. It
// uses the generator's raw output only, which is specified, so that the day does
// not change with the Go release.
type stream struct{ pcg *rand.PCG }

func newStream(name string) *stream {
	h := fnv.New64a()
	h.Write([]byte(name))
	return &stream{rand.NewPCG(seed, h.Sum64())}
}

// below gives a number from 0 to n-1. The bias of the remainder is of no matter.
func (s *stream) below(n int) int { return int(s.pcg.Uint64() % uint64(n)) }

// between gives a number from low to high, both included.
func (s *stream) between(low, high int) int { return low + s.below(high-low+1) }

func pick[T any](s *stream, list []T) T { return list[s.below(len(list))] }

// digest is a hexadecimal number of the given length made from a name.
func digest(name string, length int) string {
	sum := sha256.Sum256([]byte("northwharf " + name))
	return hex.EncodeToString(sum[:])[:length]
}

func uuid(s *stream) string {
	hi, lo := s.pcg.Uint64(), s.pcg.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", uint32(hi), uint16(hi>>32), uint16(hi>>52)&0xfff, uint16(lo>>52)&0xfff, lo&0xffffffffffff)
}

// host is a machine with a sensor.
type host struct {
	name, aid, ip, ip6 string
	platform           string // Win or Lin
	random             *stream
	firstUPID          uint64 // the sensor's number of the first process
	processes          uint64
	pid                int
	system             user     // who the operating system's own processes run as
	root, shell        *process // what starts services, and what the user starts programs from
	authid             int
}

func (h *host) windows() bool { return h.platform == "Win" }

// user is an account. rid ends a Windows SID; on Linux it is the user id.
type user struct {
	name string
	rid  int
}

func (u user) sid() string {
	if u.rid == 18 {
		return "S-1-5-18"
	}
	return fmt.Sprintf("S-1-5-21-3391572846-1187460253-2904716635-%d", u.rid)
}

var (
	ifalk   = user{"ifalk", 1108}   // finance
	oreyes  = user{"oreyes", 1112}  // sales
	tkoval  = user{"tkoval", 1115}  // marketing
	hsato   = user{"hsato", 1121}   // help desk
	pdubois = user{"pdubois", 1124} // security analyst
	mgrant  = user{"mgrant", 1130}  // purchasing
	rlund   = user{"rlund", 1137}   // developer
	abassi  = user{"abassi", 1141}  // developer

	svcReport = user{"svc_report", 1201}
	svcEASM   = user{"svc_easm_nw", 1207}

	ci     = user{"ci", 1001}
	deploy = user{"deploy", 1002}
)

// hostTable is the inventory: name, platform, address.
var hostTable = [][3]string{
	{"NW-WS-101", "Win", "10.20.31.101"},
	{"NW-WS-102", "Win", "10.20.31.102"},
	{"NW-WS-107", "Win", "10.20.31.107"},
	{"NW-WS-112", "Win", "10.20.31.112"},
	{"NW-WS-115", "Win", "10.20.31.115"},
	{"NW-WS-120", "Win", "10.20.31.120"},
	{"NW-DEV-03", "Win", "10.20.32.3"},
	{"NW-DEV-05", "Win", "10.20.32.5"},
	{"NW-APP-02", "Win", "10.20.5.2"},
	{"NW-FIL-01", "Win", "10.20.5.11"},
	{"NW-EASM-01", "Win", "10.20.9.4"},
	{"nw-lin-build1", "Lin", "10.20.8.21"},
	{"nw-lin-web2", "Lin", "10.20.8.32"},
}

const (
	directory = "10.20.0.10" // directory server and resolver
	fileShare = "10.20.5.11"
	database  = "10.20.5.30"
	mirror    = "10.20.8.10" // packages
	builds    = "10.20.8.15" // the service that the health check asks
	egress    = "192.0.2.200"
)

// desks says who works where.
var desks = []struct {
	host string
	user user
}{
	{"NW-WS-101", ifalk}, {"NW-WS-102", oreyes}, {"NW-WS-107", tkoval}, {"NW-WS-112", hsato}, {"NW-WS-115", pdubois},
	{"NW-WS-120", mgrant}, {"NW-DEV-03", rlund}, {"NW-DEV-05", abassi},
}

// addresses of the services. The names of the open databases are real, since a
// detection looks for them; the addresses are those set aside for documentation
// and lead nowhere.
var addresses = map[string]string{
	"api.shodan.io":            "198.51.100.20",
	"www.shodan.io":            "198.51.100.21",
	"search.censys.io":         "198.51.100.30",
	"api.platform.censys.io":   "2001:db8:6a::30",
	"crt.sh":                   "198.51.100.40",
	"api.certspotter.com":      "198.51.100.44",
	"api.hackertarget.com":     "198.51.100.50",
	"api.securitytrails.com":   "198.51.100.55",
	"otx.alienvault.com":       "198.51.100.60",
	"rapiddns.io":              "198.51.100.61",
	"api.subdomain.center":     "198.51.100.62",
	"jldc.me":                  "198.51.100.63",
	"urlscan.io":               "198.51.100.64",
	"index.commoncrawl.org":    "198.51.100.65",
	"web.archive.org":          "198.51.100.66",
	"www.virustotal.com":       "198.51.100.67",
	"api.c99.nl":               "198.51.100.68",
	"leakix.net":               "198.51.100.69",
	"whois.arin.net":           "198.51.100.80",
	"www.whois.com":            "198.51.100.81",
	"vault.skybackup.example":  "203.0.113.77",
	"updates.osvendor.example": "203.0.113.60",
}

// resolve gives the address that a host gets for a name. Names without an
// address of their own belong to the everyday web: those under large services
// have four addresses, which keeps any one of them from being busy.
func (h *host) resolve(name string) string {
	if a, ok := addresses[name]; ok {
		return a
	}
	if strings.HasSuffix(name, ".northwharf.example") {
		return map[string]string{
			"files.northwharf.example": fileShare, "sql.northwharf.example": database, "pypi.northwharf.example": mirror,
			"git.northwharf.example": mirror, "intranet.northwharf.example": "10.20.5.40",
		}[name]
	}
	f := fnv.New32a()
	f.Write([]byte(name))
	n := f.Sum32()
	if strings.HasSuffix(name, ".cloudsuite.example") || strings.HasSuffix(name, ".osvendor.example") {
		f.Write([]byte(h.name))
		return fmt.Sprintf("203.0.113.%d", 100+4*(n%8)+f.Sum32()%4)
	}
	if n%2 == 0 {
		return fmt.Sprintf("192.0.2.%d", 10+n/2%120)
	}
	return fmt.Sprintf("203.0.113.%d", 140+n/2%100)
}

// sites of the everyday web; all invented.
var sites = []string{
	"www.morningledger.example", "img.morningledger.example", "www.harbourweather.example", "search.findall.example",
	"static.findall.example", "www.railtimes.example", "maps.wayfinder.example", "tiles.wayfinder.example",
	"www.partsdepot.example", "cdn.partsdepot.example", "shop.papergoods.example", "www.tradefair.example",
	"portal.freightline.example", "track.freightline.example", "www.lexicon.example", "translate.lexicon.example",
	"video.streambox.example", "cdn1.streambox.example", "cdn2.streambox.example", "www.stdsgroup.example",
	"social.townsquare.example", "media.townsquare.example", "www.calibration.example", "docs.instruments.example",
	"bank.firstquay.example", "login.firstquay.example", "www.travelbook.example", "api.travelbook.example",
	"www.recruitnow.example", "survey.askpanel.example", "fonts.webtype.example", "metrics.webcount.example",
	"ads.bannerhall.example", "consent.bannerhall.example", "forum.labtalk.example", "wiki.labtalk.example",
}

var devSites = []string{
	"code.forgehub.example", "raw.forgehub.example", "docs.langref.example", "ask.stackdesk.example", "pkg.modules.example",
}
