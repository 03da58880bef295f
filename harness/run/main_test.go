package run

import (
	"io"
	"log"
	"os"
	"testing"
)

// TestMain silences what net/http logs of a target that sends more than an answer.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}
