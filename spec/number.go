package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A decoded JSON number is a float64 where its shortest decimal text is the number that
// was written, and a json.Number where it is not, as for 9007199254740993. So no digit
// is lost, and equal numbers are equal values.

// maxDigits is how many digits a number may have, before or behind its point.
const maxDigits = 1000

// Number returns the value of a JSON number by its text; one of very many digits is rounded.
// It reports false for a text that is not a number, or one that is too great for that.
func Number(text string) (any, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err == nil && len(text) < 16 && !strings.ContainsAny(text, "eE") {
		return f, true
	}
	if exact, ok := rational(text); ok {
		return NumberOf(exact), true
	}
	return f, err == nil
}

// NumberOf returns a rational number as a decoded JSON number. One without an end, such
// as 1/3, is cut.
func NumberOf(exact *big.Rat) any {
	if f, _ := exact.Float64(); !math.IsInf(f, 0) && exact.Cmp(Rational(f)) == 0 {
		return f
	}
	return json.Number(Decimal(exact))
}

// Decimal returns a rational number as a decimal text.
func Decimal(exact *big.Rat) string {
	if exact.IsInt() {
		return exact.Num().String()
	}
	digits, ends := exact.FloatPrec()
	if !ends || digits > maxDigits {
		digits = 30
	}
	return strings.TrimRight(exact.FloatString(digits), "0")
}

// Rational returns the number that a decoded JSON number stands for, nil for any other value.
func Rational(value any) *big.Rat {
	switch n := value.(type) {
	case float64:
		exact, _ := new(big.Rat).SetString(strconv.FormatFloat(n, 'g', -1, 64))
		return exact
	case json.Number:
		exact, _ := rational(string(n))
		return exact
	case int:
		return new(big.Rat).SetInt64(int64(n))
	case int64:
		return new(big.Rat).SetInt64(n)
	case uint64:
		return new(big.Rat).SetInt(new(big.Int).SetUint64(n))
	}
	return nil
}

// rational reads a decimal text. An exponent that would make it very long is refused.
func rational(text string) (*big.Rat, bool) {
	if strings.ContainsAny(text, "/_xXpPbBoOiInN") || len(text) > maxDigits {
		return nil, false
	}
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		if power, err := strconv.Atoi(text[at+1:]); err != nil || power > maxDigits || power < -maxDigits {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

// DecodeJSON decodes a JSON text as json.Unmarshal does, and loses no digit of a number.
func DecodeJSON(data []byte) (value any, err error) {
	err = json.Unmarshal(data, &value)
	_, tooGreat := errors.AsType[*json.UnmarshalTypeError](err)
	if err != nil && !tooGreat || err == nil && !hasLongNumber(data) {
		return value, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var exact any
	if err := decoder.Decode(&exact); err != nil {
		return nil, err
	}
	return WithNumbers(exact)
}

// hasLongNumber reports whether a JSON text may hold a number that a float64 does not:
// one of 16 digits or more, or with an exponent.
func hasLongNumber(data []byte) bool {
	digits := 0
	for i, c := range data {
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits > 15 {
				return true
			}
		case c == '.':
		case (c == 'e' || c == 'E') && digits > 0 && i+1 < len(data) && (data[i+1] == '+' || data[i+1] == '-' || data[i+1] >= '0' && data[i+1] <= '9'):
			return true
		default:
			digits = 0
		}
	}
	return false
}

// WithNumbers brings the numbers of a value that was decoded with UseNumber into the form
// of Number. It changes the value.
func WithNumbers(value any) (any, error) {
	var err error
	switch v := value.(type) {
	case json.Number:
		number, ok := Number(string(v))
		if !ok {
			return nil, fmt.Errorf("a number out of range: %.20s", v)
		}
		return number, nil
	case map[string]any:
		for name, inner := range v {
			if v[name], err = WithNumbers(inner); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, inner := range v {
			if v[i], err = WithNumbers(inner); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// beyondFloat reports whether a value holds a number that a float64 does not hold, or one so
// great that its neighbours are no longer distinguished.
func beyondFloat(value any) bool {
	switch v := value.(type) {
	case float64:
		return v >= 1<<53 || v <= -1<<53
	case json.Number:
		return true
	case map[string]any:
		for _, inner := range v {
			if beyondFloat(inner) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if beyondFloat(inner) {
				return true
			}
		}
	}
	return false
}

// exactMark is the extension under which a schema keeps the bounds that a float64 does not
// hold, as texts by keyword.
const exactMark = "x-qorcheck-exact"

// Bound returns the number that a keyword of a schema gives, exactly: minimum, maximum,
// exclusiveMinimum, exclusiveMaximum or multipleOf; nil where it gives none.
func Bound(s *openapi3.Schema, keyword string) *big.Rat {
	var bound *float64
	switch keyword {
	case "minimum":
		bound = s.Min
	case "maximum":
		bound = s.Max
	case "exclusiveMinimum":
		bound = s.ExclusiveMin.Value
	case "exclusiveMaximum":
		bound = s.ExclusiveMax.Value
	case "multipleOf":
		bound = s.MultipleOf
	}
	if bound == nil {
		return nil
	}
	if kept, ok := s.Extensions[exactMark].(map[string]any); ok {
		if text, ok := kept[keyword].(string); ok {
			exact, _ := rational(text)
			return exact
		}
	}
	return Rational(*bound)
}

// FormatBounds returns the least and the greatest number of a format, nil where it sets none.
func FormatBounds(format string) (least, greatest *big.Rat) {
	bounds := numberFormats[format]
	return bounds[0], bounds[1]
}

// numberFormats are the formats of numbers, and their bounds.
var numberFormats = map[string][2]*big.Rat{
	"int8": within("-128", "127"), "int16": within("-32768", "32767"), "int32": within("-2147483648", "2147483647"), "int64": within("-9223372036854775808", "9223372036854775807"),
	"uint8": within("0", "255"), "uint16": within("0", "65535"), "uint32": within("0", "4294967295"), "uint64": within("0", "18446744073709551615"),
	"float": within("-3.4028234663852886e38", "3.4028234663852886e38"), "double": within("-1.7976931348623157e308", "1.7976931348623157e308"),
}

func within(least, greatest string) [2]*big.Rat {
	a, _ := new(big.Rat).SetString(least)
	b, _ := new(big.Rat).SetString(greatest)
	return [2]*big.Rat{a, b}
}

// numberValidators and integerValidators judge the formats of numbers for kin-openapi.
var numberValidators, integerValidators = func() (map[string]openapi3.NumberFormatValidator, map[string]openapi3.IntegerFormatValidator) {
	numbers, integers := map[string]openapi3.NumberFormatValidator{}, map[string]openapi3.IntegerFormatValidator{}
	for name := range numberFormats {
		numbers[name] = openapi3.NewCallbackValidator(func(value float64) error { return checkFormat(name, value) })
		integers[name] = openapi3.NewCallbackValidator(func(value int64) error { return checkFormat(name, float64(value)) })
	}
	return numbers, integers
}()

// fitsNumberFormat reports whether a number is within the bounds of a format.
func fitsNumberFormat(format string, value any) bool {
	least, greatest := FormatBounds(format)
	exact := Rational(value)
	return least == nil || exact == nil || exact.Cmp(least) >= 0 && exact.Cmp(greatest) <= 0
}
