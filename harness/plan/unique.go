package plan

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// UniqueValue makes the value of a unique variable: the same for the same run,
// case and variable, another for any other. It has letters and digits only and
// at most longest characters, of which sixteen are enough.
func UniqueValue(runID, caseID, variable string, longest int) string {
	sum := sha256.Sum256([]byte(runID + "\x00" + caseID + "\x00" + variable))
	value := "q" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
	if longest > 0 && len(value) > longest {
		value = value[:longest]
	}
	return value
}
