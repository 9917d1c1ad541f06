package generate

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

const (
	sensors  = 5000
	programs = 3000
	modules  = 1500
	domains  = 20000
)

type platform uint8

const (
	windows platform = iota
	mac
	linux
)

// world is what stays the same from event to event. All texts in it are ready
// to stand between quotes in JSON.
type world struct {
	cid      string
	sensors  []sensor
	programs []program // of Windows
	unix     []program
	modules  []program
	domains  []string
	servers  []string // public addresses, the popular ones first

	pickSensor, pickProgram, pickModule, pickDomain, pickServer zipf
}

type sensor struct {
	platform               platform
	aid, host, aip, local  string
	user, sid, build, hash string
	mac, site, product     string
	agent, domain, boot    string
}

type program struct {
	name, dir, sha256, md5, sha1, authenticode string
	// commands are command lines without the quoted path; a # in one stands for
	// a number, and a ~ for hexadecimal digits, new in each event.
	commands []string
	parent   int
}

// commonWindows are programs of the operating system and of administrators: the
// most frequent ones, in about this order.
var commonWindows = []struct{ name, dir, args string }{
	{"svchost.exe", `\Windows\System32`, `-k netsvcs -p -s #`},
	{"conhost.exe", `\Windows\System32`, `0xffffffff -ForceV1`},
	{"cmd.exe", `\Windows\System32`, `/d /s /c "set > %TEMP%\env-#.txt & type %TEMP%\env-#.txt"`},
	{"powershell.exe", `\Windows\System32\WindowsPowerShell\v1.0`, `-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File C:\Scripts\inventory-#.ps1 -OutputEncoding utf8`},
	{"RuntimeBroker.exe", `\Windows\System32`, `-Embedding`},
	{"taskhostw.exe", `\Windows\System32`, `{~~~~-~~-~~-~~-~~~~}`},
	{"backgroundTaskHost.exe", `\Windows\System32`, `-ServerName:App.AppX~~~~~~~~.mca`},
	{"dllhost.exe", `\Windows\System32`, `/Processid:{~~~~-~~-~~-~~-~~~~}`},
	{"WmiPrvSE.exe", `\Windows\System32\wbem`, `-secured -Embedding`},
	{"SearchProtocolHost.exe", `\Windows\System32`, `Global\UsGthrFltPipeMssGthrPipe#_ Global\UsGthrCtrlFltPipeMssGthrPipe#`},
	{"rundll32.exe", `\Windows\System32`, `C:\Windows\system32\shell32.dll,Control_RunDLL appearance-#.cpl`},
	{"schtasks.exe", `\Windows\System32`, `/query /fo LIST /v /tn \Inventory\Nightly-#`},
	{"net.exe", `\Windows\System32`, `use \\files-#.corp.example\share /persistent:no`},
	{"reg.exe", `\Windows\System32`, `query HKLM\SOFTWARE\Inventory\~~ /v State`},
	{"wscript.exe", `\Windows\System32`, `//B //Nologo \\files.corp.example\netlogon\logon-#.vbs`},
	{"msiexec.exe", `\Windows\System32`, `/i C:\ProgramData\Packages\~~~~\setup.msi /qn /norestart /l*v C:\Windows\Temp\setup-#.log`},
	{"whoami.exe", `\Windows\System32`, `/groups /fo csv`},
	{"gpupdate.exe", `\Windows\System32`, `/target:computer /wait:#`},
	{"certutil.exe", `\Windows\System32`, `-hashfile C:\ProgramData\Packages\~~~~\payload.cab SHA256`},
	{"wevtutil.exe", `\Windows\System32`, `qe Security /c:# /rd:true /f:text`},
}

var commonUnix = []struct{ name, dir, args string }{
	{"bash", "/usr/bin", `-c 'test -f /var/run/job-#.pid && kill -0 $(cat /var/run/job-#.pid)'`},
	{"python3", "/usr/bin", `/opt/inventory/collect.py --since # --host-id ~~~~`},
	{"curl", "/usr/bin", `-fsS --max-time # https://api-#.corp.example/v1/state`},
	{"grep", "/usr/bin", `-rn "token ~~" /etc/inventory.d`},
	{"sshd", "/usr/sbin", `-D -R`},
	{"launchd", "/sbin", ``},
	{"mdworker_shared", "/System/Library/Frameworks/CoreServices.framework/Versions/A/Support", `-s mdworker -c MDSImporterWorker -m com.apple.mdworker.shared`},
	{"systemd", "/usr/lib/systemd", `--user`},
}

// The parts of which invented names are made.
var (
	firstParts  = strings.Fields("alder birch cobalt dune ember fjord gale harbor iris juniper kestrel lumen moss north opal pike quill rowan slate tarn umber vale willow yarrow zephyr")
	secondParts = strings.Fields("agent backup bridge cache client console daemon editor engine gateway helper index launcher mail meter mirror notes paint planner player printer relay scanner sheet sync tracker update viewer vault")
	userParts   = strings.Fields("amara bastian celia dorian elif farid greta hugo ines jonas kaede livia marek nadia otis petra quentin ravi selma tomas ursula viktor wanda xenia yusuf zofia")
	siteParts   = strings.Fields("Northwharf Eastmoor Southgate Westbrook Highfield Lowmere")
)

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 0))
	w := &world{
		cid:         hexText(r, 16),
		pickSensor:  newZipf(sensors, 0.95),
		pickProgram: newZipf(programs, 1.25),
		pickModule:  newZipf(modules, 1.0),
		pickDomain:  newZipf(domains, 0.9),
	}
	for i := range sensors {
		w.sensors = append(w.sensors, newSensor(r, i))
	}
	for i := range programs {
		w.programs = append(w.programs, newProgram(r, i))
		w.unix = append(w.unix, newUnixProgram(r, i))
	}
	for i := range modules {
		name := fmt.Sprintf("%s%s%d.dll", pick(r, firstParts), pick(r, secondParts), i)
		dir := `\Windows\System32`
		if i%3 == 2 {
			dir = `\Program Files\` + title(pick(r, firstParts)) + ` Software\modules`
		}
		w.modules = append(w.modules, program{
			name: name, dir: escape(dir), sha256: hexText(r, 32), md5: hexText(r, 16), authenticode: hexText(r, 32),
		})
	}
	for i := range domains {
		host := fmt.Sprintf("%s-%s.%s%d", pick(r, firstParts), pick(r, secondParts), pick(r, firstParts), i)
		w.domains = append(w.domains, strings.ToLower(host)+pick(r, []string{".example", ".test", ".corp.example", ".cdn.example", ".invalid"}))
	}
	// All of the three documentation blocks, in a mixed order, then a long tail
	// from the block for benchmarks.
	for _, block := range []string{"192.0.2.", "198.51.100.", "203.0.113."} {
		for i := 1; i < 255; i++ {
			w.servers = append(w.servers, fmt.Sprint(block, i))
		}
	}
	r.Shuffle(len(w.servers), func(i, j int) { w.servers[i], w.servers[j] = w.servers[j], w.servers[i] })
	w.pickServer = newZipf(len(w.servers), 0.9)
	return w
}

func newSensor(r *rand.Rand, i int) sensor {
	s := sensor{
		aid:   hexText(r, 16),
		aip:   fmt.Sprintf("203.0.113.%d", 1+r.IntN(32)),
		local: fmt.Sprintf("10.%d.%d.%d", 16+i%24, r.IntN(256), 1+r.IntN(254)),
		user:  fmt.Sprintf("%s.%s%d", pick(r, userParts), pick(r, firstParts), i%97),
		hash:  fmt.Sprint(r.Uint32()),
		site:  pick(r, siteParts), product: "1", domain: "CORP.EXAMPLE",
		mac:  fmt.Sprintf("02-%02x-%02x-%02x-%02x-%02x", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256)),
		boot: fmt.Sprint(Start.Unix() - int64(r.IntN(30*86400))),
	}
	kind, third := "WS", 3
	switch p := r.IntN(100); {
	case p < 8:
		s.platform, kind, third = mac, "MB", 4
	case p < 14:
		s.platform, kind, third = linux, "LX", 8
	case p < 30:
		kind, s.product = "SRV", "3"
	}
	s.host = fmt.Sprintf("%s-%s-%04d", strings.ToUpper(s.site[:3]), kind, i)
	if s.platform == windows {
		s.sid = fmt.Sprintf("S-1-5-21-%d-%d-%d-%d", 1_000_000_000+r.IntN(9), 2_000_000_000+r.IntN(9), int64(3_000_000_000+r.Int64N(9)), 1100+i)
	}
	s.build = fmt.Sprintf("1007.%d.%07d.%d", third, 20100+r.IntN(12), 1+r.IntN(20))
	s.agent = fmt.Sprintf("7.%d.%d.0", 20+r.IntN(6), 20100+r.IntN(12))
	return s
}

func newProgram(r *rand.Rand, i int) program {
	p := program{sha256: hexText(r, 32), md5: hexText(r, 16), sha1: strings.Repeat("0", 40), authenticode: hexText(r, 32), parent: r.IntN(min(i+1, 40))}
	var args []string
	if i < len(commonWindows) {
		c := commonWindows[i]
		p.name, p.dir, args = c.name, c.dir, []string{c.args}
	} else {
		first, second := pick(r, firstParts), pick(r, secondParts)
		p.name = fmt.Sprintf("%s%s%d.exe", first, second, i)
		p.dir = fmt.Sprintf(`\Program Files\%s %s\bin`, title(first), title(second))
		if i%5 == 0 {
			p.dir = fmt.Sprintf(`\ProgramData\%s\%s\current`, title(first), hexText(r, 6))
		}
		args = []string{
			fmt.Sprintf(`--service --config "C:\ProgramData\%s\%s.json" --log-level info`, title(first), second),
			fmt.Sprintf(`--type=renderer --lang=en-US --device-scale-factor=1 --num-raster-threads=2 --field-trial-handle=#,i,#,#,262144 --profile-dir="C:\Users\Public\%s\Profile #" --mojo-platform-channel-handle=#`, first),
			`--job ~~~~~~ --attempt # --quiet`,
		}
	}
	p.dir = escape(p.dir)
	for _, a := range args {
		p.commands = append(p.commands, escape(a))
	}
	return p
}

func newUnixProgram(r *rand.Rand, i int) program {
	p := program{sha256: hexText(r, 32), md5: hexText(r, 16), sha1: strings.Repeat("0", 40), parent: r.IntN(min(i+1, 10))}
	var args string
	if i < len(commonUnix) {
		p.name, p.dir, args = commonUnix[i].name, commonUnix[i].dir, commonUnix[i].args
	} else {
		first, second := pick(r, firstParts), pick(r, secondParts)
		p.name, p.dir = fmt.Sprintf("%s-%s%d", first, second, i), "/opt/"+first+"/bin"
		args = fmt.Sprintf(`--config /etc/%s/%s.toml --state /var/lib/%s --worker # --trace ~~~~~~~~`, first, second, first)
	}
	p.commands = []string{escape(args)}
	return p
}

// escape writes a text as it stands between quotes in JSON.
func escape(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("generate: " + err.Error())
	}
	return strings.TrimSuffix(b.String()[1:], "\"\n")
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func hexText(r *rand.Rand, bytes int) string {
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b)
}

// zipf draws numbers from 0 to n-1, number k with a weight of 1/(k+1)^s. The
// standard library's generator needs s > 1, which is too steep for sensors.
type zipf struct {
	below []float64 // below[k] is the share of the numbers up to k
	guide []int32   // where to start looking, by the first digits of the share
}

const guideSize = 1 << 12

func newZipf(n int, s float64) zipf {
	z := zipf{make([]float64, n), make([]int32, guideSize)}
	sum := 0.0
	for k := range n {
		sum += math.Pow(float64(k+1), -s)
		z.below[k] = sum
	}
	for k := range n {
		z.below[k] /= sum
	}
	for i := range z.guide {
		z.guide[i] = int32(sort.SearchFloat64s(z.below, float64(i)/guideSize))
	}
	return z
}

func (z zipf) draw(r *rand.Rand) int {
	x := r.Float64()
	k := int(z.guide[int(x*guideSize)])
	for k < len(z.below)-1 && z.below[k] < x {
		k++
	}
	return k
}
