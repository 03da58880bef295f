// Package group runs functions at once. A panic in one of them does not end the program:
// it comes again where they are waited for, so that whoever recovers there survives it.
package group

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Group is functions that run at once. The zero value has none.
type Group struct {
	working sync.WaitGroup
	once    sync.Once
	fault   *Fault // the first one
}

// Fault is a panic of a function of a group.
type Fault struct {
	Value any
	Stack []byte
}

func (f *Fault) Error() string { return fmt.Sprint(f.Value) }

// Go runs a function.
func (g *Group) Go(f func()) {
	g.working.Go(func() {
		defer func() {
			if value := recover(); value != nil {
				g.once.Do(func() { g.fault = faultOf(value) })
			}
		}()
		f()
	})
}

// faultOf is a panic with the stack of the goroutine that met it.
func faultOf(value any) *Fault {
	if fault, ok := value.(*Fault); ok {
		return fault // of a group within this one
	}
	return &Fault{value, debug.Stack()}
}

// Wait waits for the functions. It panics with the Fault of the first of them that did.
func (g *Group) Wait() {
	g.working.Wait()
	if g.fault != nil {
		panic(g.fault)
	}
}
