package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"harrier/event"
)

// progress shows a bar on a terminal when the work takes longer than a second.
func progress(w io.Writer, st *event.Stats) (stop func()) {
	if !isTerminal(w) || st == nil {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-quit:
			return
		case <-time.After(time.Second):
		}
		bar := progressbar.NewOptions64(max(1, st.Total.Load()),
			progressbar.OptionSetWriter(w), progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription("reading"))
		for {
			bar.ChangeMax64(max(1, st.Total.Load()))
			bar.Set64(min(st.Done.Load(), st.Total.Load()))
			select {
			case <-quit:
				bar.Clear()
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() { close(quit); <-done }
}
