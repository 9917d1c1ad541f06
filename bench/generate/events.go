package generate

import "strconv"

// eventTypes are the types with their share of all events in thousandths.
var eventTypes = []struct {
	name  string
	share int
	write func(*emitter)
}{
	{"ProcessRollup2", 300, (*emitter).processRollup2},
	{"DnsRequest", 180, (*emitter).dnsRequest},
	{"EndOfProcess", 130, (*emitter).endOfProcess},
	{"NetworkConnectIP4", 130, (*emitter).networkConnectIP4},
	{"ClassifiedModuleLoad", 70, (*emitter).classifiedModuleLoad},
	{"NetworkReceiveAcceptIP4", 26, (*emitter).networkReceiveAcceptIP4},
	{"NetworkConnectIP6", 20, (*emitter).networkConnectIP6},
	{"DirectoryCreate", 20, (*emitter).fileCreated},
	{"FileDeleteInfo", 16, (*emitter).fileDeleteInfo},
	{"NetworkListenIP4", 14, (*emitter).networkListenIP4},
	{"PeFileWritten", 14, (*emitter).fileWritten},
	{"SensorHeartbeat", 14, (*emitter).sensorHeartbeat},
	{"SyntheticProcessRollup2", 12, (*emitter).syntheticProcessRollup2},
	{"AsepValueUpdate", 12, (*emitter).asepValueUpdate},
	{"UserLogon", 12, (*emitter).userLogon},
	{"NewExecutableWritten", 10, (*emitter).fileWritten},
	{"NewScriptWritten", 8, (*emitter).fileCreated},
	{"UserLogoff", 6, (*emitter).userLogoff},
	{"ServiceStarted", 4, (*emitter).serviceStarted},
	{"AgentOnline", 2, (*emitter).agentOnline},
}

// typeOf gives the type for each thousandth.
var typeOf = func() (t [1000]uint8) {
	i := 0
	for n, e := range eventTypes {
		for range e.share {
			t[i] = uint8(n)
			i++
		}
	}
	if i != len(t) {
		panic("generate: the shares of the event types do not add up to 1000")
	}
	return t
}()

// schemaVersion is what stands behind the type in the name of an event.
var schemaVersion = [...]string{windows: "V19", mac: "MacV11", linux: "LinV7"}

var platformName = [...]string{windows: "Win", mac: "Mac", linux: "Lin"}

func (e *emitter) event(i int, ms int64, needle bool) {
	w := e.world
	s := &w.sensors[w.pickSensor.draw(e.rand)]
	kind := &eventTypes[typeOf[e.rand.IntN(len(typeOf))]]
	write := kind.write
	if needle {
		// What is looked for stands in a command line of the most frequent type.
		kind = &eventTypes[0]
		s = &w.sensors[i%sensors]
		write = (*emitter).needleProcess
	}
	e.sensor, e.ms = s, ms

	e.buf = append(e.buf, `{"event_simpleName":"`...)
	e.buf = append(e.buf, kind.name...)
	e.buf = append(e.buf, `","name":"`...)
	e.buf = append(e.buf, kind.name...)
	e.buf = append(e.buf, schemaVersion[s.platform]...)
	e.buf = append(e.buf, `","id":"`...)
	e.uuid(uint64(i))
	e.buf = append(e.buf, '"')
	e.text("aid", s.aid)
	e.text("cid", w.cid)
	e.text("aip", s.aip)
	e.text("event_platform", platformName[s.platform])
	e.number("timestamp", ms)
	e.text("ComputerName", s.host)
	e.text("LocalAddressIP4", s.local)
	e.text("ConfigBuild", s.build)
	e.text("ConfigStateHash", s.hash)
	e.text("Entitlements", "15")
	e.number("EffectiveTransmissionClass", int64(e.rand.IntN(4)))
	write(e)
	e.buf = append(e.buf, '}', '\n')
}

// processID writes an identifier of the sensor's own for a process.
func (e *emitter) processID(key string) {
	e.number(key, 1_000_000_000+e.rand.Int64N(900_000_000_000))
}

func (e *emitter) rawProcessID() {
	e.number("RawProcessId", 4*(100+e.rand.Int64N(7000)))
}

func (e *emitter) context() {
	e.processID("ContextProcessId")
	if e.sensor.platform == windows {
		e.processID("ContextThreadId")
	} else {
		e.text("ContextThreadId", "0")
	}
	e.seconds("ContextTimeStamp", e.rand.Int64N(2000))
}

// program picks a program of the sensor's platform.
func (e *emitter) program() *program {
	k := e.world.pickProgram.draw(e.rand)
	if e.sensor.platform == windows {
		return &e.world.programs[k]
	}
	return &e.world.unix[k]
}

func (e *emitter) parentOf(p *program) *program {
	if e.sensor.platform == windows {
		return &e.world.programs[p.parent]
	}
	return &e.world.unix[p.parent]
}

const device = `\\Device\\HarddiskVolume3`

// imageFileName writes the path, and the field derived from it.
func (e *emitter) imageFileName(p *program) {
	prefix, slash := device, `\\`
	if e.sensor.platform != windows {
		prefix, slash = "", "/"
	}
	e.texts("ImageFileName", prefix, p.dir, slash, p.name)
	e.text("FileName", p.name)
}

func (e *emitter) hashes(p *program) {
	e.text("SHA256HashData", p.sha256)
	e.text("MD5HashData", p.md5)
}

// commandLine starts the field with the quoted path of the program; the caller
// appends arguments and the closing quote.
func (e *emitter) commandLine(p *program) {
	e.key("CommandLine")
	if e.sensor.platform == windows {
		e.buf = append(e.buf, `\"C:`...)
		e.buf = append(e.buf, p.dir...)
		e.buf = append(e.buf, `\\`...)
		e.buf = append(e.buf, p.name...)
		e.buf = append(e.buf, `\"`...)
		return
	}
	e.buf = append(append(append(e.buf, p.dir...), '/'), p.name...)
}

func (e *emitter) arguments(template string) {
	if template == "" {
		return
	}
	e.buf = append(e.buf, ' ')
	for i := range len(template) {
		switch c := template[i]; c {
		case '#':
			e.buf = strconv.AppendInt(e.buf, e.rand.Int64N(1000), 10)
		case '~':
			e.hex(uint64(e.rand.Uint32()), 2)
		default:
			e.buf = append(e.buf, c)
		}
	}
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// encodedCommand writes arguments that hide a script. One in four only looks
// like it: the text is too short, or the switch is a different one.
func (e *emitter) encodedCommand() {
	spellings := [...]string{" -enc ", " -EncodedCommand ", " -ENC  ", " -eNc "}
	digits := 40 + 4*e.rand.IntN(30)
	switch e.rand.IntN(8) {
	case 0:
		digits = 4 + e.rand.IntN(12)
		fallthrough
	default:
		e.buf = append(e.buf, ` -NoP -W Hidden`...)
		e.buf = append(e.buf, spellings[e.rand.IntN(len(spellings))]...)
	case 1:
		e.buf = append(e.buf, ` -NoP -EncodedArguments `...)
	}
	for range digits {
		e.buf = append(e.buf, base64Digits[e.rand.IntN(64)])
	}
	e.buf = append(e.buf, "=="...)
}

// powershell is the place of powershell.exe in commonWindows.
const powershell = 3

// encodedIn is in how many process starts there is one encodedCommand.
const encodedIn = 1230

func (e *emitter) processRollup2() {
	p := e.program()
	encoded := e.rand.IntN(encodedIn) == 0 && e.sensor.platform == windows
	if encoded {
		p = &e.world.programs[powershell]
	}
	e.process(p)
	e.commandLine(p)
	if encoded {
		e.encodedCommand()
	} else {
		e.arguments(p.commands[e.rand.IntN(len(p.commands))])
	}
	e.buf = append(e.buf, '"')
}

func (e *emitter) needleProcess() {
	p := &e.world.programs[powershell]
	e.process(p)
	e.commandLine(p)
	e.buf = append(e.buf, ` -nop -c \"Import-Module .\\tools.psm1; `+Needle+` -DumpCreds\""`...)
}

func (e *emitter) process(p *program) {
	parent := e.parentOf(p)
	e.processID("TargetProcessId")
	e.processID("ParentProcessId")
	e.rawProcessID()
	e.imageFileName(p)
	e.text("ParentBaseFileName", parent.name)
	e.text("GrandParentBaseFileName", e.parentOf(parent).name)
	e.hashes(p)
	e.text("SHA1HashData", p.sha1)
	if p.authenticode != "" {
		e.text("AuthenticodeHashData", p.authenticode)
	}
	e.text("UserName", e.sensor.user)
	e.seconds("ProcessStartTime", e.rand.Int64N(3000))
	e.text("ProcessEndTime", "")
	if e.sensor.platform != windows {
		uid := 501 + e.rand.Int64N(3)
		for _, key := range [...]string{"UID", "RUID", "SVUID", "GID", "RGID", "SVGID"} {
			e.number(key, uid)
		}
		e.processID("SessionProcessId")
		e.processID("ProcessGroupId")
		return
	}
	e.processID("SourceThreadId")
	e.text("UserSid", e.sensor.sid)
	e.number("AuthenticationId", 100_000+e.rand.Int64N(40)*7919)
	e.number("IntegrityLevel", 4096*(1+e.rand.Int64N(4)))
	e.number("TokenType", 1+e.rand.Int64N(3))
	e.number("SessionId", e.rand.Int64N(3))
	e.number("ImageSubsystem", 2+e.rand.Int64N(2))
	e.text("ProcessCreateFlags", "1024")
	e.text("Desktop", `WinSta0\\Default`)
	e.text("SignInfoFlags", "8683538")
	e.text("Tags", "25, 27, 40, 151, 874, 12094627905582")
}

func (e *emitter) syntheticProcessRollup2() {
	p := e.program()
	e.processID("TargetProcessId")
	e.text("ParentProcessId", "0")
	e.rawProcessID()
	e.imageFileName(p)
	e.commandLine(p)
	e.arguments(p.commands[0])
	e.buf = append(e.buf, '"')
	e.hashes(p)
	e.seconds("ProcessStartTime", 60_000+e.rand.Int64N(86_400_000))
	e.text("SyntheticPR2Flags", "1")
	e.seconds("ContextTimeStamp", e.rand.Int64N(2000))
}

func (e *emitter) endOfProcess() {
	p := e.program()
	e.processID("TargetProcessId")
	e.processID("ParentProcessId")
	e.rawProcessID()
	e.seconds("ProcessStartTime", 5000+e.rand.Int64N(3_600_000))
	e.number("ExitCode", e.rand.Int64N(3))
	e.text("SHA256HashData", p.sha256)
	e.number("KernelTime", e.rand.Int64N(400))
	e.number("UserTime", e.rand.Int64N(900))
	e.number("MaxThreadCount", 1+e.rand.Int64N(60))
	for _, key := range [...]string{
		"DnsRequestCount", "NetworkConnectCount", "NetworkCloseCount", "NetworkListenCount", "DirectoryCreatedCount",
		"FileDeletedCount",
	} {
		e.number(key, e.rand.Int64N(10)*e.rand.Int64N(4))
	}
	e.context()
}

func (e *emitter) dnsRequest() {
	e.text("DomainName", e.world.domains[e.world.pickDomain.draw(e.rand)])
	e.number("RequestType", [...]int64{1, 28, 1, 1, 12, 16, 1, 28}[e.rand.IntN(8)])
	if e.sensor.platform == windows {
		address := e.world.servers[e.world.pickServer.draw(e.rand)]
		e.number("DualRequest", e.rand.Int64N(2))
		e.number("QueryStatus", [...]int64{0, 0, 0, 0, 9003}[e.rand.IntN(5)])
		e.number("DnsRequestCount", 1+e.rand.Int64N(3))
		e.text("RespondingDnsServer", "10.16.0.53")
		e.text("FirstIP4Record", address)
		e.texts("IP4Records", address, ";")
		e.text("ContextBaseFileName", e.program().name)
	}
	e.context()
}

// connection writes the fields that all events about connections share, but for
// the addresses.
func (e *emitter) connection(direction string) {
	e.number("LocalPort", 49_152+e.rand.Int64N(16_000))
	e.number("RemotePort", [...]int64{443, 443, 443, 80, 445, 53, 3389, 8443, 5985, 22}[e.rand.IntN(10)])
	e.text("Protocol", "6")
	e.text("ConnectionDirection", direction)
	e.text("ConnectionFlags", "0")
	e.number("InContext", e.rand.Int64N(2))
	if e.sensor.platform == windows {
		e.text("ContextBaseFileName", e.program().name)
	}
	e.context()
}

func (e *emitter) privateAddress() {
	b := e.buf
	switch x := e.rand.IntN(100); {
	case x < 60:
		b = append(b, "10."...)
		b = strconv.AppendInt(b, e.rand.Int64N(64), 10)
	case x < 75:
		b = append(b, "172."...)
		b = strconv.AppendInt(b, 16+e.rand.Int64N(16), 10)
	case x < 95:
		b = append(b, "192.168"...)
	default:
		e.buf = append(b, `127.0.0.1`...)
		return
	}
	b = append(b, '.')
	b = strconv.AppendInt(b, e.rand.Int64N(256), 10)
	b = append(b, '.')
	e.buf = strconv.AppendInt(b, 1+e.rand.Int64N(254), 10)
}

func (e *emitter) networkConnectIP4() {
	e.key("RemoteAddressIP4")
	switch x := e.rand.IntN(100); {
	case x < 50:
		e.privateAddress()
	case x < 90:
		e.buf = append(e.buf, e.world.servers[e.world.pickServer.draw(e.rand)]...)
	default: // The long tail, from the block for benchmarks.
		e.buf = append(e.buf, "198."...)
		e.buf = strconv.AppendInt(e.buf, 18+e.rand.Int64N(2), 10)
		e.buf = append(e.buf, '.')
		e.buf = strconv.AppendInt(e.buf, e.rand.Int64N(256), 10)
		e.buf = append(e.buf, '.')
		e.buf = strconv.AppendInt(e.buf, e.rand.Int64N(256), 10)
	}
	e.buf = append(e.buf, '"')
	e.connection("0")
}

func (e *emitter) networkConnectIP6() {
	e.text("LocalAddressIP6", "2001:db8:16::1")
	e.key("RemoteAddressIP6")
	e.buf = append(e.buf, "2001:db8:ff:"...)
	e.hex(uint64(e.rand.IntN(16)), 1)
	e.buf = append(e.buf, "::"...)
	e.hex(uint64(1+e.rand.IntN(255)), 2)
	e.buf = append(e.buf, '"')
	e.connection("0")
}

func (e *emitter) networkReceiveAcceptIP4() {
	e.key("RemoteAddressIP4")
	e.privateAddress()
	e.buf = append(e.buf, '"')
	e.connection("1")
}

func (e *emitter) networkListenIP4() {
	e.text("RemoteAddressIP4", "0.0.0.0")
	e.connection("2")
}

func (e *emitter) classifiedModuleLoad() {
	m := &e.world.modules[e.world.pickModule.draw(e.rand)]
	p := e.program()
	e.imageFileName(m)
	e.texts("TargetImageFileName", p.dir, `/`, p.name)
	e.processID("TargetProcessId")
	e.hashes(m)
	e.text("MappedFromUserMode", "1")
	e.number("ModuleSize", 4096*(8+e.rand.Int64N(900)))
	e.number("PrimaryModule", e.rand.Int64N(2))
	e.text("SignInfoFlags", "8683538")
	e.context()
}

func (e *emitter) written(p *program) {
	e.texts("TargetFileName", device, p.dir, `\\`, p.name)
	e.text("FileName", p.name)
	e.number("FileObject", 18_446_603_000_000_000+e.rand.Int64N(1_000_000_000))
	e.key("FileIdentifier")
	e.hex(e.rand.Uint64(), 16)
	e.hex(e.rand.Uint64(), 16)
	e.buf = append(e.buf, '"')
	e.text("IrpFlags", "2180")
	e.text("MajorFunction", "18")
	e.text("MinorFunction", "0")
	e.text("ContextBaseFileName", e.program().name)
}

func (e *emitter) fileWritten() {
	p := e.program()
	e.written(p)
	e.number("Size", 1024+e.rand.Int64N(40_000_000))
	e.text("SHA256HashData", p.sha256)
	e.text("IsOnRemovableDisk", "0")
	e.text("UserName", e.sensor.user)
	e.context()
}

func (e *emitter) fileCreated() {
	e.written(e.program())
	e.text("DesiredAccess", "1048577")
	e.text("ShareAccess", "3")
	e.text("Status", "0")
	e.context()
}

func (e *emitter) fileDeleteInfo() {
	p := e.program()
	e.texts("TargetFileName", device, p.dir, `\\`, p.name)
	e.text("FileName", p.name)
	e.processID("TreeId")
	e.context()
}

func (e *emitter) asepValueUpdate() {
	p := e.program()
	e.texts("RegObjectName", `\\REGISTRY\\MACHINE\\SOFTWARE\\Vendor\\`, p.md5[:8])
	e.text("RegValueName", "State")
	e.texts("RegStringValue", p.dir, ` --run `, p.name)
	e.number("RegOperationType", 1+e.rand.Int64N(3))
	e.number("AsepClass", e.rand.Int64N(8))
	e.text("AsepFlags", "3")
	e.context()
}

func (e *emitter) userLogon() {
	e.text("UserName", e.sensor.user)
	e.text("UserSid", e.sensor.sid)
	e.number("LogonType", [...]int64{2, 3, 3, 5, 7, 10}[e.rand.IntN(6)])
	e.seconds("LogonTime", 0)
	e.text("LogonDomain", e.sensor.domain)
	e.text("LogonServer", "DC-01")
	e.number("AuthenticationId", 100_000+e.rand.Int64N(1_000_000))
	e.number("UserIsAdmin", e.rand.Int64N(2))
	e.context()
}

func (e *emitter) userLogoff() {
	e.text("UserName", e.sensor.user)
	e.text("UserSid", e.sensor.sid)
	e.seconds("LogoffTime", 0)
	e.number("AuthenticationId", 100_000+e.rand.Int64N(1_000_000))
	e.context()
}

func (e *emitter) serviceStarted() {
	p := e.program()
	e.imageFileName(p)
	e.commandLine(p)
	e.arguments(p.commands[0])
	e.buf = append(e.buf, '"')
	e.text("ServiceDisplayName", p.name)
	e.processID("TargetProcessId")
	e.text("UserName", "SYSTEM")
	e.context()
}

func (e *emitter) sensorHeartbeat() {
	e.text("ConfigIDBase", "65994763")
	e.text("ConfigIDPlatform", "3")
	e.text("NetworkContainmentState", "0")
	e.text("ProvisionState", "1")
	e.number("SensorStateBitMap", e.rand.Int64N(4))
}

func (e *emitter) agentOnline() {
	e.seconds("AgentLocalTime", e.rand.Int64N(5000))
	e.text("AgentTimeOffset", "0.000")
	e.text("AgentVersion", e.sensor.agent)
	e.text("ProductType", e.sensor.product)
	e.text("BiosManufacturer", "Tarn Firmware")
	e.text("SystemManufacturer", "Tarn Systems")
	e.text("SystemProductName", "TS-400")
	e.text("MAC", e.sensor.mac)
	e.text("BootTime", e.sensor.boot)
	e.text("ConfigIDBase", "65994763")
	e.context()
}
