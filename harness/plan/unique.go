package plan

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

// Form is the form of a unique value.
type Form string

// Forms are those that a name of nothing may take, in the order in which they are tried.
var Forms = []Form{FormText, FormUUID, formNumber, formSmall}

const (
	FormUUID   Form = "uuid"
	FormText   Form = "text"   // letters and digits; also where none is given
	formNumber Form = "number" // above 10^15, where few ids are
	formSmall  Form = "small"  // above 10^9, within 32 bits
)

// Number reads a text as a number of JSON.
func Number(text string) (any, bool) {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil, false
	}
	_, ok := value.(float64)
	return value, ok
}

// UniqueOf makes the value of a unique placeholder in a run and case.
func UniqueOf(p Placeholder, runID, caseID string) (string, error) {
	longest, err := strconv.Atoi(p.Args[1])
	form := FormText
	if len(p.Args) > 2 {
		form = Form(p.Args[2])
	}
	sum := sha256.Sum256([]byte(runID + "\x00" + caseID + "\x00" + p.Args[0]))
	number := binary.BigEndian.Uint64(sum[:])
	switch form {
	case FormUUID:
		sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80 // version 4 of RFC 9562
		h := hex.EncodeToString(sum[:16])
		return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"), err
	case formNumber:
		return strconv.FormatUint(1e15+number%8e15, 10), err
	case formSmall:
		return strconv.FormatUint(1e9+number%1e9, 10), err
	}
	return UniqueValue(runID, caseID, p.Args[0], longest), err
}

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
