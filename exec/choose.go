package exec

import (
	"context"
	"fmt"
	"slices"

	"harrier/event"
	"harrier/plan"
)

// firstAggregate gives the place of the first aggregate of a plan; -1 when it has
// none.
func firstAggregate(p *plan.Plan) int {
	return slices.IndexFunc(p.Stages, func(s plan.Stage) bool { _, ok := s.(*plan.Aggregate); return ok })
}

// chooses tells whether the first aggregate can say which events it keeps.
func chooses(rt *plan.Runtime, p *plan.Plan) bool {
	at := firstAggregate(p)
	if at < 0 {
		return false
	}
	_, ok := p.Stages[at].(*plan.Aggregate).New(rt).(plan.Chooser)
	return ok
}

// choose runs a plan whose first aggregate keeps some events as they are - the
// newest 200, say - in two passes. The first reads only the fields that tell
// which events are kept, of all events; the second reads all fields, of the
// events that are kept:
//
//	all lines --few fields--> aggregate -> positions
//	the lines at these positions --all fields--> the same stages -> rows
func (r *run) choose(ctx context.Context, rt *plan.Runtime, p *plan.Plan, req *event.Request, emit func(*event.Batch) error) error {
	at := firstAggregate(p)
	agg := p.Stages[at].(*plan.Aggregate)

	first := *req
	first.Fields = withTimestamp(*p.Choose)
	s, err := r.scanner(ctx, rt, p, at, &first)
	if err != nil {
		return err
	}
	pieces, err := s.aggregate(ctx, r.o.Workers, agg, 0)
	if err != nil {
		return err
	}
	rows := make([][]int64, len(s.splits))
	for _, pos := range pieces[0].state.(plan.Chooser).Chosen(0) {
		split := pos >> positionBits
		rows[split] = append(rows[split], int64(pos&(1<<positionBits-1)))
	}
	for i := range rows {
		slices.Sort(rows[i])
		rows[i] = slices.Compact(rows[i])
	}
	if err := rt.Memory.Use(pieces[0], 0); err != nil {
		return err
	}

	// What there is to say and to count was said and counted in the first pass.
	second := *req
	second.Stats, second.Report = nil, nil
	s, err = r.scanner(ctx, rt, p, at, &second)
	if err != nil {
		return err
	}
	s.rows, s.stats = rows, nil
	if pieces, err = s.aggregate(ctx, r.o.Workers, agg, 0); err != nil {
		return err
	}
	return r.results(ctx, pieces, p.Stages[at+1:], 0, emit)
}

// scanner readies the stages before the aggregate for a request.
func (r *run) scanner(ctx context.Context, rt *plan.Runtime, p *plan.Plan, at int, req *event.Request) (*scanner, error) {
	splits, err := r.src.Splits(ctx, req)
	if err != nil {
		return nil, err
	}
	return &scanner{rt: rt, plan: p, parallel: p.Stages[:at], splits: splits, stats: r.o.Stats}, nil
}

// again reads the rows of a split that are asked for.
func (s *scanner) again(ctx context.Context, split int, each func(*event.Batch) error) error {
	rows := s.rows[split]
	if len(rows) == 0 {
		return nil
	}
	one, ok := s.splits[split].(event.RowSplit)
	if !ok {
		return fmt.Errorf("internal error: split %d cannot give single rows", split)
	}
	n := 0
	err := one.ScanRows(ctx, rows, func(b *event.Batch) error {
		if n+b.Len() > len(rows) {
			return fmt.Errorf("internal error: split %d gives more rows than it was asked for", split)
		}
		pos := make([]uint64, b.Len())
		for i := range pos {
			pos[i] = uint64(split)<<positionBits | uint64(rows[n+i])
		}
		n += b.Len()
		b.SetPositions(pos)
		return each(b)
	})
	if err == nil && n != len(rows) {
		err = fmt.Errorf("the input has changed while it was read: %d of %d events are there no more", len(rows)-n, len(rows))
	}
	return err
}
