package redact

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// notations lists a card number in other notations than its decimal digits: as a whole
// number to base 16 and 8, as packed decimal digits in base64, and in base64 twice.
func notations(number string) []string {
	value, err := strconv.ParseUint(number, 10, 64)
	if err != nil || len(number) < minParted {
		return nil // shorter ones are met by chance
	}
	digits := strconv.FormatUint(value, 16)
	once := base64.StdEncoding.EncodeToString([]byte(number))
	list := []string{
		digits, strings.ToUpper(digits), strconv.FormatUint(value, 8),
		base64.StdEncoding.EncodeToString([]byte(once)), base64.RawStdEncoding.EncodeToString([]byte(strings.TrimRight(once, "="))),
	}
	packed := []string{number}
	if len(number)%2 == 1 {
		packed = []string{number + "f", "0" + number}
	}
	for _, digits := range packed {
		if data, err := hex.DecodeString(digits); err == nil {
			list = append(list, base64.StdEncoding.EncodeToString(data), base64.URLEncoding.EncodeToString(data))
		}
	}
	return list
}
