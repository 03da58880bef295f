package group

import (
	"strings"
	"sync/atomic"
	"testing"
)

func TestWait_PanicsWithTheFirstFault(t *testing.T) {
	var done atomic.Int32
	var inner, outer Group
	for i := range 4 {
		inner.Go(func() {
			if done.Add(1); i == 2 {
				panic("two")
			}
		})
	}
	outer.Go(inner.Wait)
	defer func() {
		fault, ok := recover().(*Fault)
		if !ok || fault.Error() != "two" || !strings.Contains(string(fault.Stack), "TestWait_PanicsWithTheFirstFault") || done.Load() != 4 {
			t.Errorf("%v after %d", fault, done.Load())
		}
	}()
	outer.Wait()
}
