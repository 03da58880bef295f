package settings

import (
	"fmt"
	"strconv"
	"strings"
)

// Size is a number of bytes, read from text such as 65536, 64KiB or 1MiB.
type Size int64

var units = []struct {
	name  string
	bytes Size
}{{"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// String returns the size in the largest unit that divides it.
func (s Size) String() string {
	for _, u := range units {
		if s >= u.bytes && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Set reads a size.
func (s *Size) Set(text string) error {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil {
			break
		}
		*s = Size(n) * u.bytes
		return nil
	}
	return fmt.Errorf("size %q: must be %s", text, s.Allowed())
}

// Type names sizes in help texts.
func (*Size) Type() string { return "size" }

// Allowed describes a valid size.
func (*Size) Allowed() string { return "a number of bytes, as 65536, 64KiB or 1MiB" }
