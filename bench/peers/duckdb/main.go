// Command duckdb runs the benchmark's queries in DuckDB, which it has linked in.
package main

import (
	"database/sql"

	_ "github.com/duckdb/duckdb-go/v2"

	"harrier/bench/peers/serve"
)

type engine struct{ db *sql.DB }

func main() {
	serve.Main(func() (serve.Engine, error) {
		db, err := sql.Open("duckdb", "")
		return engine{db}, err
	})
}

func (e engine) Version() (v string, err error) {
	err = e.db.QueryRow("select version()").Scan(&v)
	return v, err
}

func (e engine) Exec(statement string) error {
	_, err := e.db.Exec(statement)
	return err
}

func (e engine) Query(query string) ([][]string, error) {
	rows, err := e.db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]string
	for rows.Next() {
		values := make([]sql.NullString, len(names))
		targets := make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := make([]string, len(names))
		for i, v := range values {
			row[i] = v.String
		}
		all = append(all, row)
	}
	return all, rows.Err()
}
