package main

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// day collects what the sensors send.
type day struct {
	hosts   map[string]*host
	order   []*host
	records []*record
	cast    []*actor
	now     *actor // whose doings are being written; nil: the background
}

// actor is somebody with a label.
type actor struct {
	name, technique, process, what, reason string
	host                                   *host
	user                                   user
	foundBy, unlessAllowed                 []string
	// named lists the databases that it asks where no lookup tells.
	named []string
}

// record is one event: members in the order in which they are written.
type record struct {
	at      int64 // when the cloud took it, in milliseconds
	actor   *actor
	members [][2]string
}

func (r *record) get(name string) string {
	for _, m := range r.members {
		if m[0] == name {
			return m[1]
		}
	}
	return ""
}

func newDay() *day {
	d := &day{hosts: map[string]*host{}}
	for i, t := range hostTable {
		h := &host{name: t[0], platform: t[1], ip: t[2], aid: digest("aid "+t[0], 32), random: newStream("host " + t[0]), pid: 700}
		h.system, h.firstUPID = user{h.name + "$", 18}, 81_300_000_000+uint64(i)*7_450_000_000
		h.authid = 310_000 + i*1700
		if !h.windows() {
			h.system, h.firstUPID = user{"root", 0}, 1_402_118_860_000_000_000+uint64(i)*31_000_000_000_000_000
		}
		h.ip6 = fmt.Sprintf("2001:db8:1020:%x::%x", 0x31+i/6, 0x10+i)
		d.hosts[h.name] = h
		d.order = append(d.order, h)
	}
	return d
}

// sort puts the records in the order in which they arrived.
func (d *day) sort() {
	sort.SliceStable(d.records, func(i, j int) bool { return d.records[i].at < d.records[j].at })
}

// lines writes the records from one time to another, one JSON object per line.
func (d *day) lines(from, to int64) []byte {
	var b bytes.Buffer
	for _, r := range d.records {
		if r.at < from || r.at >= to {
			continue
		}
		for i, m := range r.members {
			b.WriteByte("{,"[min(i, 1)])
			b.WriteString(quote(m[0]))
			b.WriteByte(':')
			b.WriteString(quote(m[1]))
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("a text cannot be written as JSON: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// versions of the records, by name and platform.
var versions = map[string]string{
	"ProcessRollup2": "V19", "SyntheticProcessRollup2": "V11", "EndOfProcess": "V16", "DnsRequest": "V5", "NetworkConnectIP4": "V12",
	"NetworkConnectIP6": "V12", "UserLogon": "V8", "UserLogoff": "V3", "SensorHeartbeat": "V4", "AgentOnline": "V21", "PeFileWritten": "V15",
}

// emit writes an event that happened at ms; the cloud has it a little later.
func (d *day) emit(h *host, ms int64, event string, u user, members ...string) {
	at := ms + int64(h.random.between(90, 620))
	version := versions[event]
	if !h.windows() {
		version = "Lin" + version
	}
	build := map[string]string{"Win": "1007.3.0020113.14", "Lin": "1007.8.0018905.1"}[h.platform]
	r := &record{at: at, actor: d.now, members: [][2]string{
		{"event_simpleName", event},
		{"name", event + version},
		{"id", uuid(h.random)},
		{"aid", h.aid},
		{"cid", digest("cid", 32)},
		{"aip", egress},
		{"event_platform", h.platform},
		{"timestamp", strconv.FormatInt(at, 10)},
		{"ConfigBuild", build},
		{"ConfigStateHash", strconv.Itoa(1_204_773_000 + len(h.name)*131)},
		{"Entitlements", "15"},
		{"EffectiveTransmissionClass", "3"},
		{"EventOrigin", "1"},
		{"ComputerName", h.name},
	}}
	if u.name != "" {
		r.members = append(r.members, [2]string{"UserName", u.name})
	}
	for i := 0; i+1 < len(members); i += 2 {
		r.members = append(r.members, [2]string{members[i], members[i+1]})
	}
	d.records = append(d.records, r)
}

// seconds writes a time as most sensor fields have it.
func seconds(ms int64) string { return fmt.Sprintf("%d.%03d", ms/1000, ms%1000) }

// process is a running program.
type process struct {
	d       *day
	h       *host
	user    user
	upid    string
	pid     int
	image   string
	started int64
	parent  *process
	lookups int
	connect int
}

func (p *process) base() string { return p.image[strings.LastIndexAny(p.image, `\/`)+1:] }

// programs gives the path of a program by its name.
var programs = map[string]string{
	"svchost.exe":    `C:\Windows\System32\svchost.exe`,
	"userinit.exe":   `C:\Windows\System32\userinit.exe`,
	"services.exe":   `C:\Windows\System32\services.exe`,
	"explorer.exe":   `C:\Windows\explorer.exe`,
	"cmd.exe":        `C:\Windows\System32\cmd.exe`,
	"powershell.exe": `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`,
	"notepad.exe":    `C:\Windows\System32\notepad.exe`,
	"mstsc.exe":      `C:\Windows\System32\mstsc.exe`,
	"ipconfig.exe":   `C:\Windows\System32\ipconfig.exe`,
	"msiexec.exe":    `C:\Windows\System32\msiexec.exe`,
	"outlook.exe":    `C:\Program Files\CloudSuite\Office\outlook.exe`,
	"winword.exe":    `C:\Program Files\CloudSuite\Office\winword.exe`,
	"excel.exe":      `C:\Program Files\CloudSuite\Office\excel.exe`,
	"powerpnt.exe":   `C:\Program Files\CloudSuite\Office\powerpnt.exe`,
	"teamtalk.exe":   `C:\Program Files\CloudSuite\TeamTalk\teamtalk.exe`,
	"chrome.exe":     `C:\Program Files\Google\Chrome\Application\chrome.exe`,
	"firefox.exe":    `C:\Program Files\Mozilla Firefox\firefox.exe`,
	"git.exe":        `C:\Program Files\Git\cmd\git.exe`,
	"python.exe":     `C:\Python312\python.exe`,
	"whois.exe":      `C:\Tools\whois.exe`,
	"vaultagent.exe": `C:\Program Files\SkyBackup\vaultagent.exe`,
	"collector.exe":  `C:\Program Files\Northwharf\EASM\collector.exe`,
	"sshd":           "/usr/sbin/sshd",
	"cron":           "/usr/sbin/cron",
	"systemd":        "/usr/lib/systemd/systemd",
	"bash":           "/usr/bin/bash",
	"curl":           "/usr/bin/curl",
	"apt-get":        "/usr/bin/apt-get",
	"git":            "/usr/bin/git",
	"go":             "/usr/local/go/bin/go",
	"python3":        "/usr/bin/python3.11",
	"nginx":          "/usr/sbin/nginx",
	"runner":         "/opt/runner/bin/runner",
	"logrotate":      "/usr/sbin/logrotate",
}

func imageOf(program string) string {
	path, ok := programs[program]
	if !ok {
		path = program // a path of its own
	}
	if rest, ok := strings.CutPrefix(path, "C:"); ok {
		return `\Device\HarddiskVolume3` + rest
	}
	return path
}

// start begins a process. program is a name of programs, or a path.
func (d *day) start(h *host, ms int64, u user, parent *process, program, command string) *process {
	h.processes++
	upid := h.firstUPID + uint64(ms-midnight)*1000 + h.processes // later processes have larger numbers
	h.pid += 4 * h.random.between(1, 40)
	p := &process{d: d, h: h, user: u, upid: strconv.FormatUint(upid, 10), pid: h.pid, image: imageOf(program), started: ms, parent: parent}
	parentID, parentName, event := "0", "", "SyntheticProcessRollup2" // seen running when the sensor came up
	if parent != nil {
		parentID, parentName, event = parent.upid, parent.base(), "ProcessRollup2"
	}
	hash := md5.Sum([]byte("northwharf " + p.image))
	m := []string{
		"TargetProcessId", p.upid, "ParentProcessId", parentID, "RawProcessId", strconv.Itoa(p.pid),
		"ImageFileName", p.image, "CommandLine", command, "ProcessStartTime", seconds(ms),
	}
	if h.windows() || event == "ProcessRollup2" {
		m = append(m, "SHA256HashData", digest("file "+p.image, 64))
	}
	if event == "ProcessRollup2" {
		m = append(m, "ProcessEndTime", "", "SourceProcessId", parentID, "SourceThreadId", "0", "ParentBaseFileName", parentName,
			"MD5HashData", hex.EncodeToString(hash[:]), "SHA1HashData", strings.Repeat("0", 40))
	} else {
		m = append(m, "SyntheticPR2Flags", "1", "ContextTimeStamp", seconds(ms))
	}
	if h.windows() {
		level := "8192"
		if u.rid == 18 {
			level = "16384"
		}
		m = append(m, "UserSid", u.sid(), "AuthenticationId", strconv.Itoa(h.authid+u.rid), "IntegrityLevel", level)
		if event == "ProcessRollup2" {
			m = append(m, "TokenType", "1", "SessionId", strconv.Itoa(min(u.rid/1000, 1)), "ImageSubsystem", subsystem(p.base()))
		}
	} else {
		id := strconv.Itoa(u.rid)
		m = append(m, "UID", id, "RUID", id, "SVUID", id, "GID", id, "RGID", id, "SVGID", id, "SessionProcessId", parentID, "ProcessGroupId", p.upid)
	}
	d.emit(h, ms, event, u, m...)
	return p
}

func subsystem(base string) string {
	switch base {
	case "cmd.exe", "powershell.exe", "python.exe", "whois.exe", "ipconfig.exe", "git.exe", "collector.exe", "svc.exe":
		return "3"
	}
	return "2"
}

// end closes a Windows process with the sensor's counters. Linux sensors report
// ends in another way, which the day leaves out.
func (p *process) end(ms int64) {
	if !p.h.windows() {
		return
	}
	parent := "0"
	if p.parent != nil {
		parent = p.parent.upid
	}
	p.d.emit(p.h, ms, "EndOfProcess", p.user,
		"TargetProcessId", p.upid, "ParentProcessId", parent, "RawProcessId", strconv.Itoa(p.pid), "ContextProcessId", p.upid,
		"ContextThreadId", strconv.Itoa(p.h.random.between(4_000_000, 90_000_000)), "ContextTimeStamp", seconds(ms),
		"ProcessStartTime", seconds(p.started), "ExitCode", "0", "SHA256HashData", digest("file "+p.image, 64), "UserSid", p.user.sid(),
		"DnsRequestCount", strconv.Itoa(p.lookups), "NetworkConnectCount", strconv.Itoa(p.connect))
}

// look asks for the address of a name. On Linux nothing is sent: the samples that
// we know of hold DnsRequest from Windows and macOS only.
func (p *process) look(ms int64, name string) {
	if !p.h.windows() {
		return
	}
	p.lookups++
	address := p.h.resolve(name)
	kind, first, all := "1", "FirstIP4Record", "IP4Records"
	if strings.Contains(address, ":") {
		kind, first, all = "28", "FirstIP6Record", "IP6Records"
	}
	p.d.emit(p.h, ms, "DnsRequest", p.user,
		"ContextProcessId", p.upid, "ContextThreadId", strconv.Itoa(p.h.random.between(4_000_000, 90_000_000)), "ContextTimeStamp", seconds(ms),
		"ContextBaseFileName", p.base(), "DomainName", name, "RequestType", kind, "DualRequest", "0", "InterfaceIndex", "0",
		"QueryStatus", "0", "DnsRequestCount", "1", "DnsResponseType", strconv.Itoa(1+min(p.h.random.below(4), 1)),
		"RespondingDnsServer", directory, first, address, all, address+";")
}

// dial opens a connection to a name, or to an address.
func (p *process) dial(ms int64, to string, port int) {
	p.connect++
	if strings.ContainsAny(to, "abcdefghijklmnopqrstuvwxyz") && !strings.Contains(to, ":") {
		to = p.h.resolve(to)
	}
	event, local, own, remote := "NetworkConnectIP4", "LocalAddressIP4", p.h.ip, "RemoteAddressIP4"
	if strings.Contains(to, ":") {
		event, local, own, remote = "NetworkConnectIP6", "LocalAddressIP6", p.h.ip6, "RemoteAddressIP6"
	}
	m := []string{
		"ContextProcessId", p.upid, "ContextTimeStamp", seconds(ms), local, own, "LocalPort", strconv.Itoa(p.h.random.between(49152, 65535)),
		remote, to, "RemotePort", strconv.Itoa(port), "Protocol", "6", "ConnectionDirection", "0", "ConnectionFlags", "0", "InContext", "0",
	}
	if p.h.windows() {
		m = append(m, "ContextBaseFileName", p.base())
	}
	p.d.emit(p.h, ms, event, p.user, m...)
}

// visit looks a name up and connects to it.
func (p *process) visit(ms int64, name string) {
	p.look(ms, name)
	p.dial(ms+int64(p.h.random.between(15, 240)), name, 443)
}

// logon and logoff are those of Windows.
func (d *day) logon(h *host, ms int64, u user, kind string, p *process) {
	d.emit(h, ms, "UserLogon", u,
		"UserSid", u.sid(), "UserPrincipal", u.name+"@northwharf.example", "LogonDomain", "NORTHWHARF", "LogonServer", "NW-DC-01",
		"LogonTime", seconds(ms), "LogonType", kind, "RemoteAccount", "1", "UserIsAdmin", "0", "AuthenticationId", strconv.Itoa(h.authid+u.rid),
		"AuthenticationPackage", "Kerberos", "ContextProcessId", p.upid, "ContextTimeStamp", seconds(ms))
}

func (d *day) logoff(h *host, ms int64, u user, since int64) {
	d.emit(h, ms, "UserLogoff", u,
		"UserSid", u.sid(), "UserPrincipal", u.name+"@northwharf.example", "LogonDomain", "NORTHWHARF", "LogonServer", "NW-DC-01",
		"LogonTime", seconds(since), "LogoffTime", seconds(ms), "LogonType", "2", "RemoteAccount", "1", "UserIsAdmin", "0",
		"AuthenticationId", strconv.Itoa(h.authid+u.rid), "AuthenticationPackage", "Kerberos")
}
