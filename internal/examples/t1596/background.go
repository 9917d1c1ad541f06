package main

import "fmt"

// desk is a workstation while its user is at work.
type desk struct {
	h                 *host
	user              user
	system, mail, web *process
	from, to          int64
}

// background writes the ordinary day: machines that come up and report, people
// who read, write and browse, servers that do their rounds.
func (d *day) background() {
	for _, h := range d.order {
		d.boot(h)
	}
	for _, w := range desks {
		d.work(d.hosts[w.host], w.user)
	}
	d.appServer()
	d.fileServer()
	d.easmHost()
	d.buildServer()
	d.webServer()
}

// boot brings a host up: servers are up at midnight, workstations from half past
// six on.
func (d *day) boot(h *host) {
	up := clock(0, 0, 1) + int64(h.random.below(50_000))
	if h.workstation() {
		up = clock(6, 30, 0) + int64(h.random.below(40*60_000))
	}
	maker, serial := "Tidewater Systems", digest("serial "+h.name, 8)
	d.emit(h, up, "AgentOnline", user{},
		"AgentVersion", map[string]string{"Win": "7.24.20113.0", "Lin": "7.24.18905.0"}[h.platform], "AgentLocalTime", seconds(up),
		"SystemManufacturer", maker, "SystemProductName", "TS-400", "SystemSerialNumber", serial, "ConfigIDBase", "65994763", "ConfigIDPlatform",
		map[string]string{"Win": "3", "Lin": "8"}[h.platform])
	if h.windows() {
		h.root = d.start(h, up+1500, h.system, nil, "services.exe", `C:\Windows\system32\services.exe`)
	} else {
		h.root = d.start(h, up+1500, h.system, nil, "systemd", "/sbin/init")
	}
	down := clock(23, 59, 0)
	if h.workstation() {
		down = clock(17, 30, 0)
	}
	for t := up + 60_000; t < down; t += 60 * 60_000 {
		d.emit(h, t, "SensorHeartbeat", user{}, "NetworkContainmentState", "0", "ProvisionState", "1", "SensorStateBitMap", "0", "ConfigurationVersion", "10")
	}
}

func (h *host) workstation() bool {
	for _, w := range desks {
		if w.host == h.name {
			return true
		}
	}
	return false
}

// work is the day of a person at a workstation.
func (d *day) work(h *host, u user) {
	s := newStream("work " + h.name)
	k := desk{h: h, user: u, from: clock(7, 25, 0) + int64(s.below(55*60_000)), to: clock(16, 20, 0) + int64(s.below(65*60_000))}
	k.system = d.start(h, k.from-300_000, h.system, h.root, "svchost.exe", `C:\Windows\system32\svchost.exe -k netsvcs -p`)
	d.logon(h, k.from, u, "2", k.system)
	logged := d.start(h, k.from+2500, u, h.root, "userinit.exe", `C:\Windows\system32\userinit.exe`)
	h.shell = d.start(h, k.from+4000, u, logged, "explorer.exe", `C:\Windows\Explorer.EXE`)
	k.mail = d.start(h, k.from+50_000, u, h.shell, "outlook.exe", `"C:\Program Files\CloudSuite\Office\outlook.exe"`)
	talk := d.start(h, k.from+62_000, u, h.shell, "teamtalk.exe", `"C:\Program Files\CloudSuite\TeamTalk\teamtalk.exe" --minimised`)
	browser := "chrome.exe"
	if u == tkoval || u == abassi {
		browser = "firefox.exe"
	}
	k.web = d.start(h, k.from+95_000, u, h.shell, browser, `"`+programs[browser]+`"`)
	h.root.dial(k.from-280_000, directory, 88)

	every(s, k.from+60_000, k.to, 18, 34, func(t int64) { k.mail.visit(t, "mail.cloudsuite.example") })
	every(s, k.from+70_000, k.to, 25, 50, func(t int64) { talk.visit(t, "chat.cloudsuite.example") })
	every(s, k.from, k.to, 50, 100, func(t int64) {
		k.system.dial(t, directory, pick(s, []int{88, 135, 389, 445}))
	})
	every(s, k.from+600_000, k.to, 80, 150, func(t int64) { k.system.visit(t, "telemetry.osvendor.example") })

	// Browsing comes in bursts: a page brings its pictures and counters along.
	every(s, k.from+120_000, k.to, 12, 32, func(t int64) {
		list := sites
		if (u == rlund || u == abassi) && s.below(2) == 0 {
			list = devSites
		}
		for n := s.between(1, 4); n > 0; n-- {
			k.web.visit(t, pick(s, list))
			t += int64(s.between(200, 2500))
		}
	})
	// Documents.
	every(s, k.from+900_000, k.to, 60, 130, func(t int64) {
		program := pick(s, []string{"winword.exe", "excel.exe", "excel.exe", "powerpnt.exe", "notepad.exe"})
		p := d.start(h, t, u, h.shell, program, fmt.Sprintf(`"%s" "\\files.northwharf.example\%s\%s"`, programs[program], u.name,
			pick(s, []string{"quote 0317.docx", "forecast.xlsx", "minutes.docx", "price list.xlsx", "spring fair.pptx", "notes.txt"})))
		p.look(t+700, "files.northwharf.example")
		h.root.dial(t+900, fileShare, 445)
		if program != "notepad.exe" {
			p.visit(t+1800, "docs.cloudsuite.example")
		}
		p.end(min(t+int64(s.between(4, 35))*60_000, k.to-1000))
	})
	if u == rlund || u == abassi {
		d.develop(&k, s)
	}
	if u == hsato {
		p := d.start(h, clock(9, 41, 12), u, h.shell, "mstsc.exe", `mstsc.exe /v:NW-WS-102`)
		p.dial(clock(9, 41, 15), "10.20.31.102", 3389)
		c := d.start(h, clock(13, 22, 40), u, h.shell, "cmd.exe", `"C:\Windows\System32\cmd.exe"`)
		d.start(h, clock(13, 22, 51), u, c, "ipconfig.exe", "ipconfig /all").end(clock(13, 22, 52))
	}
	for _, p := range []*process{talk, k.web, k.mail} {
		p.end(k.to - int64(s.between(2000, 40_000)))
	}
	d.logoff(h, k.to, u, k.from)
}

// develop is what a developer does besides: the same interpreter that an actor
// uses, for work.
func (d *day) develop(k *desk, s *stream) {
	c := d.start(k.h, k.from+240_000, k.user, k.h.shell, "cmd.exe", `"C:\Windows\System32\cmd.exe"`)
	every(s, k.from+400_000, k.to, 55, 110, func(t int64) {
		g := d.start(k.h, t, k.user, c, "git.exe", "git pull --ff-only")
		g.visit(t+300, "git.northwharf.example")
		g.end(t + 4000)
		p := d.start(k.h, t+20_000, k.user, c, "python.exe", pick(s, []string{"python.exe -m pytest -q", "python.exe tools\\build_docs.py", "python.exe -m mypy src"}))
		p.end(min(t+20_000+int64(s.between(4000, 90_000)), k.to-1000))
	})
	p := d.start(k.h, k.from+500_000, k.user, c, "python.exe", `python.exe -m pip install -r requirements.txt`)
	for i := range 14 {
		p.visit(k.from+501_000+int64(i)*900, "pypi.northwharf.example")
	}
	p.end(k.from + 520_000)
}

// appServer runs reports for its service account, all of them inside.
func (d *day) appServer() {
	h, s := d.hosts["NW-APP-02"], newStream("app server")
	tasks := d.start(h, clock(0, 1, 10), h.system, h.root, "svchost.exe", `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`)
	every(s, clock(0, 20, 0), clock(23, 50, 0), 85, 95, func(t int64) {
		d.logon(h, t, svcReport, "4", tasks)
		p := d.start(h, t+400, svcReport, tasks, "powershell.exe", `powershell.exe -NoProfile -File C:\Jobs\build_report.ps1`)
		p.look(t+1800, "sql.northwharf.example")
		for i := range 4 {
			p.dial(t+1900+int64(i)*2500, database, 1433)
		}
		p.end(t + int64(s.between(30, 240))*1000)
	})
	every(s, clock(0, 5, 0), clock(23, 50, 0), 50, 70, func(t int64) { tasks.dial(t, directory, 389) })
	every(s, clock(1, 5, 0), clock(23, 50, 0), 220, 260, func(t int64) { tasks.visit(t, "telemetry.osvendor.example") })
}

func (d *day) fileServer() {
	h, s := d.hosts["NW-FIL-01"], newStream("file server")
	p := d.start(h, clock(0, 1, 0), h.system, h.root, "svchost.exe", `C:\Windows\system32\svchost.exe -k NetworkService -p`)
	every(s, clock(0, 5, 0), clock(23, 50, 0), 50, 70, func(t int64) { p.dial(t, directory, 389) })
	every(s, clock(1, 15, 0), clock(23, 50, 0), 220, 260, func(t int64) { p.visit(t, "telemetry.osvendor.example") })
}

func (d *day) easmHost() {
	h, s := d.hosts["NW-EASM-01"], newStream("easm host")
	p := d.start(h, clock(0, 1, 0), h.system, h.root, "svchost.exe", `C:\Windows\system32\svchost.exe -k netsvcs -p`)
	every(s, clock(0, 5, 0), clock(23, 50, 0), 100, 140, func(t int64) { p.dial(t, directory, 389) })
}

func (d *day) buildServer() {
	h, s := d.hosts["nw-lin-build1"], newStream("build server")
	runner := d.start(h, clock(0, 1, 20), ci, h.root, "runner", "/opt/runner/bin/runner --config /etc/runner.toml")
	every(s, clock(7, 40, 0), clock(17, 30, 0), 25, 55, func(t int64) {
		d.start(h, t, ci, runner, "git", "git fetch --depth 1 origin").dial(t+200, mirror, 443)
		d.start(h, t+4000, ci, runner, "go", "go test ./...")
	})
	d.nightly(h, clock(4, 10, 0))
}

func (d *day) webServer() {
	h, s := d.hosts["nw-lin-web2"], newStream("web server")
	d.start(h, clock(0, 1, 40), h.system, h.root, "nginx", "nginx: master process /usr/sbin/nginx")
	sshd := d.start(h, clock(0, 1, 30), h.system, h.root, "sshd", "sshd: /usr/sbin/sshd -D")
	every(s, clock(8, 0, 0), clock(17, 0, 0), 70, 160, func(t int64) {
		sh := d.start(h, t, deploy, sshd, "bash", "-bash")
		d.start(h, t+5000, deploy, sh, "git", "git -C /srv/site pull").dial(t+5300, mirror, 443)
	})
	d.nightly(h, clock(4, 25, 0))
}

// nightly is what Linux does by itself.
func (d *day) nightly(h *host, t int64) {
	cron := d.start(h, t, h.system, h.root, "cron", "/usr/sbin/cron -f")
	d.start(h, t+1000, h.system, cron, "logrotate", "/usr/sbin/logrotate /etc/logrotate.conf")
	apt := d.start(h, t+60_000, h.system, cron, "apt-get", "apt-get -qq update")
	for i := range 5 {
		apt.dial(t+61_000+int64(i)*700, mirror, 80)
	}
}

// every calls do from one time to another, with gaps of low to high minutes.
func every(s *stream, from, to int64, low, high int, do func(int64)) {
	gap := func() int64 { return int64(s.between(low*60_000, high*60_000)) }
	for t := from + gap()/2; t < to-60_000; t += gap() {
		do(t)
	}
}
