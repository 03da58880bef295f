// Package suites declares a plan as a tree of Ginkgo specs: chapter, operation,
// situation, sentence. One spec awaits one obligation and asserts how it ended;
// nothing is decided here.
//
// The tree of the built-in promise, or of any other, is run by Ginkgo itself:
//
//	go test -count=1 ./suites -args --target URL --fixtures FILE
//	ginkgo ./suites -- --target URL --fixtures FILE
//
// with the flags of qorcheck run. -count=1 keeps Go from answering from its cache.
// Names of files are relative to the folder in which the command is called; where the
// system has no /proc, to the root of the module.
// A requirement that must hold and was not exercised fails its spec, unless
// --allow-unexercised is given.
//
// A suite of one's own declares the same tree inside a container of its own: see the
// example of Declare.
package suites
