package decode

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"testing"

	"harrier/event"
)

// falconLike makes records of about 1 KB with a fixed seed.
func falconLike(n int) []byte {
	rnd := rand.New(rand.NewSource(7))
	names := []string{"ProcessRollup2", "DnsRequest", "NetworkConnectIP4", "EndOfProcess", "AsepValueUpdate"}
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"event_simpleName":"%s","name":"%[1]sV%d","aid":"%032x","cid":"5b1f00000000000000000000000000aa","aip":"192.0.2.%d",`,
			names[rnd.Intn(len(names))], 1+rnd.Intn(30), rnd.Intn(200), rnd.Intn(250))
		fmt.Fprintf(&b, `"event_platform":"Win","timestamp":"%d","ContextTimeStamp":"%d.%03d","ComputerName":"QUAY-%03d","UserName":"ida.brunn%d",`,
			1773705600000+i*37, 1773705600+i/30, i%1000, rnd.Intn(200), rnd.Intn(90))
		fmt.Fprintf(&b, `"TargetProcessId":"%d","ParentProcessId":"%d","RawProcessId":"%d","ImageFileName":"\\Device\\HarddiskVolume3\\Program Files\\Pier\\tool%d.exe",`,
			rnd.Int63(), rnd.Int63(), rnd.Intn(30000), rnd.Intn(400))
		fmt.Fprintf(&b, `"CommandLine":"\"C:\\Program Files\\Pier\\tool%d.exe\" --berth %d --token %016x","SHA256HashData":"%064x","MD5HashData":"%032x",`,
			rnd.Intn(400), rnd.Intn(1000), rnd.Uint64(), rnd.Intn(400), rnd.Intn(400))
		fmt.Fprintf(&b, `"RemoteAddressIP4":"198.51.100.%d","RemotePort":"%d","DomainName":"berth%d.pier.example","ConfigBuild":"1007.3.0020113.14","ConfigStateHash":"%d","Entitlements":"15","EffectiveTransmissionClass":"%d","EventOrigin":"1","ProcessStartTime":"%d.%03d","UserSid":"S-1-5-21-%d","SessionId":"%d"}`+"\n",
			rnd.Intn(250), rnd.Intn(65536), rnd.Intn(5000), rnd.Intn(1<<30), rnd.Intn(4), 1773705600+i/30, i%1000, rnd.Intn(1<<30), rnd.Intn(9))
	}
	return b.Bytes()
}

func benchmark(b *testing.B, data []byte, size int, req *event.Request) {
	f := open(b, "x", data, Options{Format: "fdr"})
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		splits, err := f.Splits(context.Background(), req)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range splits {
			if err := s.Scan(context.Background(), func(*event.Batch) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkNDJSON(b *testing.B) {
	data := falconLike(20_000)
	three := event.FieldSet{Names: []string{"#event_simpleName", "ComputerName", "RemoteAddressIP4"}}
	rare := event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: "DomainName", Text: "berth4999.pier", Fold: true}}}}}
	b.Run("three fields", func(b *testing.B) { benchmark(b, data, len(data), &event.Request{Fields: three}) })
	b.Run("all fields", func(b *testing.B) { benchmark(b, data, len(data), everything()) })
	b.Run("rejected", func(b *testing.B) { benchmark(b, data, len(data), &event.Request{Fields: three, Where: rare}) })
	b.Run("gzip", func(b *testing.B) { benchmark(b, packed(data), len(data), &event.Request{Fields: three}) })
	b.Run("zstd", func(b *testing.B) { benchmark(b, zstded(b, data), len(data), &event.Request{Fields: three}) })
}

func BenchmarkCSV(b *testing.B) {
	var t bytes.Buffer
	t.WriteString("time,host,path,note\n")
	for i := range 50_000 {
		fmt.Fprintf(&t, "2026-03-17T00:00:00Z,QUAY-%03d,\"C:\\Pier\\tool%d.exe\",\"moved, %d\"\n", i%200, i%400, i)
	}
	f := open(b, "x", t.Bytes(), Options{Format: "csv"})
	b.SetBytes(int64(t.Len()))
	for b.Loop() {
		splits, err := f.Splits(context.Background(), everything())
		if err != nil {
			b.Fatal(err)
		}
		if err := splits[0].Scan(context.Background(), func(*event.Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
