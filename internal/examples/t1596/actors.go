package main

import "fmt"

// The built-in detections, as the labels call them.
const (
	bulkConnections = "bulk-connections" // Bulk connections to one public address
	scriptedQueries = "scripted-queries" // Scripted queries to open technical databases
)

// Who the actors are curious about.
const (
	targetName       = "harborline.example"
	targetNameSecond = "portside-energy.example"
)

// actors writes the thirteen stories of the day.
func (d *day) actors() {
	d.scriptedShodan()
	d.certificateLog()
	d.slowLoop()
	d.overIPv6()
	d.renamedTool()

	d.analyst()
	d.collector()
	d.certificateWatch()
	d.backup()
	d.helpDesk()
	d.healthCheck()
	d.archiveReader()
	d.updates()
}

// enter makes an actor; what is written from here on is its doing.
func (d *day) enter(a actor, host string) (*host, *stream) {
	a.host = d.hosts[host]
	d.now = &a
	d.cast = append(d.cast, &a)
	return a.host, newStream("actor " + a.name)
}

// shell is the command window that an actor works from.
func (d *day) shell(h *host, t int64, u user) *process {
	return d.start(h, t, u, h.shell, "cmd.exe", `"C:\Windows\System32\cmd.exe"`)
}

// A developer's workstation has been taken over. A script walks a list of address
// ranges through two databases, one after the other, between two meetings.
func (d *day) scriptedShodan() {
	h, s := d.enter(actor{
		name: "scripted-shodan-censys", technique: "T1596.005", user: rlund, process: "python.exe",
		what:    "a script asks Shodan 180 times and Censys 130 times within 45 minutes",
		foundBy: []string{bulkConnections, scriptedQueries},
		reason:  "many questions, no browser, and the command line says which source",
	}, "NW-DEV-03")
	c := d.shell(h, clock(10, 11, 20), rlund)
	t := clock(10, 12, 4)
	for _, part := range []struct {
		source, name string
		count        int
	}{{"shodan", "api.shodan.io", 180}, {"censys", "search.censys.io", 130}} {
		p := d.start(h, t, rlund, c, `C:\Users\rlund\AppData\Local\Programs\Python\Python312\python.exe`,
			fmt.Sprintf(`python.exe recon.py --source %s --ranges %s.txt --out %s.json`, part.source, targetName, part.source))
		for range part.count {
			t += int64(s.between(3500, 10_500))
			p.visit(t, part.name)
		}
		t += 4000
		p.end(t)
		t += 41_000
	}
}

// In the dead of the night the account that builds reports asks the certificate
// log for one name after the other.
func (d *day) certificateLog() {
	h, s := d.enter(actor{
		name: "certificate-log-by-service-account", technique: "T1596.003", user: svcReport, process: "powershell.exe",
		what:    "the report account asks crt.sh 240 times at three in the morning",
		foundBy: []string{bulkConnections, scriptedQueries},
		reason:  "its reports never leave the house: an account of this kind has no business with a certificate log",
	}, "NW-APP-02")
	t := clock(3, 6, 10)
	p := d.start(h, t, svcReport, h.root, "powershell.exe", `powershell.exe -NoProfile -WindowStyle Hidden -File C:\Jobs\tmp\lookup.ps1 -Source crt.sh -List names.txt`)
	for range 240 {
		t += int64(s.between(6000, 15_500))
		p.visit(t, "crt.sh")
	}
	p.end(t + 3000)
}

// A loop on a web server asks two passive DNS services in turn, every five
// minutes from five in the morning to seven in the evening: slow enough for any
// count within an hour, and even to the second.
func (d *day) slowLoop() {
	h, s := d.enter(actor{
		name: "slow-loop-passive-dns", technique: "T1596.001", user: deploy, process: "curl",
		named:   []string{"api.hackertarget.com", "api.securitytrails.com"},
		what:    "a loop of curl asks HackerTarget and SecurityTrails in turn, every five minutes for fourteen hours",
		foundBy: []string{scriptedQueries},
		reason:  "84 connections to each address in the whole day stay below the threshold for bulk; all runs of curl put together give it away",
	}, "nw-lin-web2")
	sh := d.start(h, clock(4, 58, 30), deploy, h.root, "bash", "bash /home/deploy/.cache/watch.sh")
	for i := range 14 * 12 {
		t := clock(5, 0, 0) + int64(i)*300_000 + int64(s.below(2600))
		name := targetName
		if i/2%2 == 1 {
			name = targetNameSecond
		}
		to, command := "api.hackertarget.com", "curl -s -m 20 https://api.hackertarget.com/hostsearch/?q="+name
		if i%2 == 1 {
			to, command = "api.securitytrails.com", "curl -s -m 20 -H @/home/deploy/.cache/h https://api.securitytrails.com/v1/domain/"+name+"/subdomains"
		}
		d.start(h, t, deploy, sh, "curl", command).dial(t+int64(s.between(30, 160)), to, 443)
	}
}

// The second developer's machine asks Censys too, over IPv6 alone: whoever counts
// RemoteAddressIP4 sees nothing.
func (d *day) overIPv6() {
	h, s := d.enter(actor{
		name: "censys-over-ipv6", technique: "T1596.005", user: abassi, process: "python.exe",
		what:    "a script asks Censys 150 times over IPv6",
		foundBy: []string{bulkConnections, scriptedQueries},
		reason:  "a count by RemoteAddressIP4 alone misses it: these events have RemoteAddressIP6",
	}, "NW-DEV-05")
	c := d.shell(h, clock(14, 8, 2), abassi)
	t := clock(14, 8, 40)
	p := d.start(h, t, abassi, c, "python.exe", `python.exe inventory.py --source censys --names names.csv`)
	for range 150 {
		t += int64(s.between(8000, 21_000))
		p.visit(t, "api.platform.censys.io")
	}
	p.end(t + 2500)
}

// An enumeration tool under a dull name: a little of every source, three times.
func (d *day) renamedTool() {
	h, s := d.enter(actor{
		name: "renamed-subfinder", technique: "T1596.001", user: mgrant, process: "svc.exe",
		what:    "subfinder, renamed to svc.exe, asks a dozen sources in each of three runs",
		foundBy: []string{scriptedQueries},
		reason:  "no source is asked often and the name says nothing; twelve databases asked by one program do",
	}, "NW-WS-120")
	path := `C:\Users\mgrant\AppData\Local\Temp\svc.exe`
	c := d.shell(h, clock(15, 16, 33), mgrant)
	d.emit(h, clock(15, 17, 5), "PeFileWritten", mgrant,
		"TargetFileName", imageOf(path), "SHA256HashData", digest("file "+imageOf(path), 64), "Size", "29360128", "ContextBaseFileName", "cmd.exe",
		"ContextProcessId", c.upid, "ContextTimeStamp", seconds(clock(15, 17, 5)), "IsOnNetwork", "0", "IsOnRemovableDisk", "0")
	sources := []string{
		"crt.sh", "api.certspotter.com", "otx.alienvault.com", "rapiddns.io", "api.subdomain.center", "jldc.me", "urlscan.io",
		"index.commoncrawl.org", "web.archive.org", "api.c99.nl", "leakix.net", "www.virustotal.com",
	}
	for _, run := range []struct {
		at     int64
		target string
	}{{clock(15, 20, 14), targetName}, {clock(15, 31, 50), targetNameSecond}, {clock(15, 44, 27), "cranebay.example"}} {
		t := run.at
		p := d.start(h, t, mgrant, c, path, "svc.exe -d "+run.target+" -silent -o o.txt")
		for range 3 { // one page of answers after the other
			for _, name := range sources {
				if s.below(5) > 0 || name == "crt.sh" {
					p.visit(t+int64(s.between(100, 9000)), name)
				}
			}
			t += 30_000
		}
		p.end(t + 4000)
	}
}

// A security analyst reads up on the company's own addresses, in a browser.
func (d *day) analyst() {
	h, s := d.enter(actor{
		name: "analyst-in-a-browser", user: pdubois, process: "chrome.exe",
		what:   "a security analyst opens Shodan and Censys in the browser, several times",
		reason: "a person with a browser, a few pages, and it is the job",
	}, "NW-WS-115")
	p := d.start(h, clock(9, 12, 0), pdubois, h.shell, "chrome.exe", `"C:\Program Files\Google\Chrome\Application\chrome.exe" --profile-directory="Research"`)
	for _, at := range []int64{clock(9, 12, 30), clock(9, 40, 5), clock(11, 3, 41), clock(13, 31, 10), clock(13, 48, 2), clock(15, 5, 55)} {
		p.visit(at, "www.shodan.io")
		p.dial(at+int64(s.between(300, 1500)), "www.shodan.io", 443)
	}
	p.visit(clock(11, 9, 12), "search.censys.io")
	p.visit(clock(13, 52, 20), "search.censys.io")
	p.visit(clock(15, 11, 8), "www.virustotal.com")
}

// The company pays for a collector that watches its own addresses from outside.
func (d *day) collector() {
	h, s := d.enter(actor{
		name: "approved-easm-collector", user: svcEASM, process: "collector.exe",
		what:          "the approved collector asks Shodan about the company's own addresses, 120 times in each of two runs",
		foundBy:       []string{bulkConnections},
		reason:        "it looks like the real thing and is approved: named in the allow list, it is left out by whatever knows databases; counting alone has no such list",
		unlessAllowed: []string{scriptedQueries},
	}, "NW-EASM-01")
	for _, at := range []int64{clock(6, 5, 0), clock(16, 5, 0)} {
		t := at
		p := d.start(h, t, svcEASM, h.root, "collector.exe", `"C:\Program Files\Northwharf\EASM\collector.exe" --profile own-ranges --once`)
		for range 120 {
			t += int64(s.between(10_000, 16_000))
			p.visit(t, "api.shodan.io")
		}
		p.end(t + 2000)
	}
}

// The pipeline looks for certificates in the company's name that it did not ask
// for.
func (d *day) certificateWatch() {
	h, s := d.enter(actor{
		name: "pipeline-certificate-watch", user: ci, process: "python3",
		named:  []string{"api.certspotter.com", "crt.sh"},
		what:   "the pipeline looks for new certificates of the company's own name, every four hours",
		reason: "a handful of questions about the company's own name",
	}, "nw-lin-build1")
	for hour := 2; hour < 24; hour += 4 {
		t := clock(hour, 15, s.below(40))
		p := d.start(h, t, ci, h.root, "python3", "python3 /opt/pipelines/ct_watch.py --domain northwharf.example")
		p.dial(t+900, "api.certspotter.com", 443)
		p.dial(t+2600, "crt.sh", 443)
	}
}

// The backup sends the file server's day to a cloud, all to one address.
func (d *day) backup() {
	h, s := d.enter(actor{
		name: "cloud-backup", user: user{"NW-FIL-01$", 18}, process: "vaultagent.exe",
		what:    "the backup agent opens 132 connections to its cloud within an hour",
		foundBy: []string{bulkConnections},
		reason:  "a false positive, and an expected one: counting connections cannot tell a backup from a search. What knows the names of the databases stays silent",
	}, "NW-FIL-01")
	t := clock(23, 4, 0)
	p := d.start(h, t, h.system, h.root, "vaultagent.exe", `"C:\Program Files\SkyBackup\vaultagent.exe" --job nightly`)
	for i := range 132 {
		t += int64(s.between(9000, 31_000))
		if i%20 == 0 {
			p.look(t-200, "vault.skybackup.example")
		}
		p.dial(t, "vault.skybackup.example", 443)
	}
	p.end(t + 9000)
}

// Somebody asked the help desk whether a sender is to be trusted.
func (d *day) helpDesk() {
	h, _ := d.enter(actor{
		name: "help-desk-whois", user: hsato, process: "whois.exe",
		what:   "the help desk looks up who owns three suspicious addresses",
		reason: "four questions in a day, typed by hand",
	}, "NW-WS-112")
	c := d.shell(h, clock(10, 40, 2), hsato)
	for i, of := range []string{"192.0.2.119", "203.0.113.8", "198.51.100.140"} {
		t := clock(10, 41+3*i, 12+7*i)
		p := d.start(h, t, hsato, c, "whois.exe", "whois.exe "+of)
		p.look(t+120, "whois.arin.net")
		p.dial(t+190, "whois.arin.net", 43)
		p.end(t + 2400)
	}
	d.start(h, clock(10, 55, 30), hsato, h.shell, "chrome.exe", `"C:\Program Files\Google\Chrome\Application\chrome.exe" --new-window`).visit(clock(10, 55, 33), "www.whois.com")
}

// The twin of the slow loop: as even, and inside.
func (d *day) healthCheck() {
	h, s := d.enter(actor{
		name: "health-check-loop", user: ci, process: "curl",
		what:   "curl asks a service inside whether it is well, every ten minutes all day",
		reason: "as even as the slow loop and 143 connections to one address, but the address is a private one and no database is named",
	}, "nw-lin-build1")
	for i := range 143 {
		t := clock(0, 5, 0) + int64(i)*600_000 + int64(s.below(1500))
		d.start(h, t, ci, h.root, "curl", "curl -fsS -m 5 http://10.20.8.15:8080/healthz").dial(t+40, builds, 8080)
	}
}

// Finance wants to know what a supplier's page said last year.
func (d *day) archiveReader() {
	h, _ := d.enter(actor{
		name: "archive-reader", user: ifalk, process: "chrome.exe",
		what:   "somebody in finance reads two old pages of a supplier in the Internet Archive",
		reason: "two pages in a browser",
	}, "NW-WS-101")
	p := d.start(h, clock(14, 2, 10), ifalk, h.shell, "chrome.exe", `"C:\Program Files\Google\Chrome\Application\chrome.exe" --new-window`)
	p.visit(clock(14, 2, 18), "web.archive.org")
	p.visit(clock(14, 6, 44), "web.archive.org")
}

// A large update, fetched piece by piece.
func (d *day) updates() {
	h, s := d.enter(actor{
		name: "system-update", user: user{"NW-WS-102$", 18}, process: "svchost.exe",
		what:   "the update service fetches a large update in 88 pieces from one address",
		reason: "just below the threshold for bulk, and the vendor's own name",
	}, "NW-WS-102")
	t := clock(12, 4, 0)
	p := d.start(h, t, h.system, h.root, "svchost.exe", `C:\Windows\system32\svchost.exe -k netsvcs -p -s wuauserv`)
	for i := range 88 {
		t += int64(s.between(2000, 14_000))
		if i%11 == 0 {
			p.look(t-100, "updates.osvendor.example")
		}
		p.dial(t, "updates.osvendor.example", 443)
	}
}
