// Qorcheck proves whether a running environment of a payments API keeps the
// promise of its documented response handling.
package main

import (
	"log"
	"os"

	"qorcheck/harness/cli"
)

func main() {
	log.SetFlags(0)
	cli.TuneGC()
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, os.Environ()))
}
