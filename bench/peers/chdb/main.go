// Command chdb runs the benchmark's queries in chDB, which is ClickHouse as a
// library. The environment variable CHDB_LIB_PATH names libchdb.so.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	chdbpurego "github.com/chdb-io/chdb-go/chdb-purego"

	"harrier/bench/peers/serve"
)

type engine struct{ conn chdbpurego.ChdbConn }

func main() {
	serve.Main(func() (serve.Engine, error) {
		conn, err := chdbpurego.NewConnection(2, []string{"clickhouse", "--path=:memory:"})
		return engine{conn}, err
	})
}

func (e engine) Version() (string, error) {
	rows, err := e.Query("select version()")
	if err != nil {
		return "", err
	}
	return rows[0][0], nil
}

func (e engine) Exec(statement string) error {
	_, err := e.Query(statement)
	return err
}

func (e engine) Query(query string) ([][]string, error) {
	result, err := e.conn.Query(query, "JSONCompactStringsEachRow")
	if err != nil {
		return nil, err
	}
	defer result.Free()
	if err := result.Error(); err != nil {
		return nil, err
	}
	var rows [][]string
	d := json.NewDecoder(bytes.NewReader(result.Buf()))
	for {
		var row []string
		switch err := d.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, err
		}
		rows = append(rows, row)
	}
}
