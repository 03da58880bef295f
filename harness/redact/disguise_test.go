package redact

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

const disguisedCard = "4571000000000001"

// disguises of a number that a run sent, each with what is left to be told of it.
func disguises() map[string]string {
	separated := func(separator string) string {
		return disguisedCard[:4] + separator + disguisedCard[4:8] + separator + disguisedCard[8:12] + separator + disguisedCard[12:]
	}
	each := strings.Split(disguisedCard, "")
	list := map[string]string{
		"every digit by itself": strings.Join(each, "."), "an array of digits": "[" + strings.Join(each, ",") + "]", "an array, spaced": "[ " + strings.Join(each, " ,\n  ") + " ]",
		"two neighbouring values": `{"a":"45710000","b":"00000001"}`, "four parts of a page": "<b>4571</b><i>0000</i>\n<td>0000</td> <td>0001</td>",
		"the first fifteen": "it was 457100000000000, was it?", "the last fifteen": "(571000000000001)",
		"full-width digits": fullWidth(disguisedCard), "entities": throughoutText("&#%d;"), "entities without a semicolon": throughoutText("&#%d"),
		"hexadecimal entities without one": throughoutText("&#x%x"), "entities in groups": "&#52;&#53;&#55;&#49;-0000&nbsp;0000&shy;0001", "percent-encoded separators": "4571%2F0000%3A0000%2e0001", "escaped NULs": `4571\u00000000\u00000000\u00000001`,
		"hexadecimal pairs": pairsOf(hex.EncodeToString([]byte("card " + disguisedCard))), "base64 in lines": lines(base64.StdEncoding.EncodeToString([]byte("the number on the card is "+disguisedCard+", and the rest of this is long")), 20),
		"base64 of UTF-16": base64.StdEncoding.EncodeToString(inUTF16(disguisedCard, binary.LittleEndian)), "base64 of UTF-16, the other way": base64.StdEncoding.EncodeToString(inUTF16(disguisedCard, binary.BigEndian)),
		"base64 in short lines": lines(base64.StdEncoding.EncodeToString([]byte("the card is "+disguisedCard+", thanks")), 12), "base64 in lines of JSON": strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString([]byte("the card is "+disguisedCard+", thanks")), 12), "\r\n", `\n`), "base32": base32.StdEncoding.EncodeToString([]byte("card " + disguisedCard)),
		"Bengali": inScript(disguisedCard, 0x09e6), "mathematical, bold": inScript(disguisedCard, 0x1d7ce), "N'Ko": inScript(disguisedCard, 0x07c0),
		"above the line": strings.NewReplacer("0", "⁰", "1", "¹", "4", "⁴", "5", "⁵", "7", "⁷").Replace(disguisedCard), "in circles": strings.NewReplacer("0", "⓪", "1", "①", "4", "④", "5", "⑤", "7", "⑦").Replace(disguisedCard),
		"backwards": "it was 1000000000001754", "backwards for a reader who writes from the right": "\u202e1000000000001754\u202c", "cells of a table with numbers in their tags": "<td class='n1'>4571</td><td class='n2'>0000</td><td class='n3'>0000</td><td class='n4'>0001</td>",
		"codes of characters": "[" + throughoutText("%d, ") + "0]", "hexadecimal codes": throughoutText("0x%x, "), "quoted-printable": throughoutText("=%x"), "octal codes": octal(disguisedCard), "Unicode's names of characters": throughoutText("U+00%x "),
		"within a word": "tok_4571000000000001_x", "within a longer number": "0045710000000000012029",
	}
	for name, separator := range map[string]string{
		"dot": ".", "slash": "/", "underscore": "_", "colon": ":", "tab": "\t", "line break": "\n", "CRLF": "\r\n", "no-break space": "\u00a0", "zero-width space": "\u200b",
		"joiner": "\u200d", "byte order mark": "\ufeff", "soft hyphen": "\u00ad", "NUL": "\x00", "dash": " – ", "spaces": "    ", "pipe": " | ", "quote": "\"",
	} {
		list[name] = "number " + separated(separator) + "!"
	}
	for _, form := range notations(disguisedCard) {
		list["another notation: "+form] = "at 0x" + form + " it is"
	}
	return list
}

func fullWidth(digits string) string { return inScript(digits, 0xff10) }

func inScript(digits string, zero rune) string {
	return strings.Map(func(c rune) rune { return c - '0' + zero }, digits)
}

func octal(digits string) string {
	var b strings.Builder
	for _, c := range digits {
		b.WriteString(`\` + strconv.FormatInt(int64(c), 8))
	}
	return b.String()
}

func throughoutText(escape string) string {
	var b strings.Builder
	for _, c := range disguisedCard {
		b.WriteString(strings.NewReplacer("%d", string("0123456789"[c/10])+string("0123456789"[c%10]), "%x", hex.EncodeToString([]byte{byte(c)})).Replace(escape))
	}
	return b.String()
}

func pairsOf(digits string) string {
	var parts []string
	for ; digits != ""; digits = digits[2:] {
		parts = append(parts, digits[:2])
	}
	return strings.Join(parts, ":")
}

func lines(text string, n int) string {
	var b strings.Builder
	for ; len(text) > n; text = text[n:] {
		b.WriteString(text[:n] + "\r\n")
	}
	return b.String() + text
}

func inUTF16(text string, order binary.ByteOrder) []byte {
	var data []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		data = append(data, 0, 0)
		order.PutUint16(data[len(data)-2:], unit)
	}
	return data
}

// What is seen where a response is judged is seen where it is shown.
func TestNumbers_InEveryDisguise(t *testing.T) {
	n := NewNumbers([]string{"370000000000416", disguisedCard})
	r := New(Secrets{Cards: []string{"370000000000416", disguisedCard}})
	for name, text := range disguises() {
		if !n.Hold(text) {
			t.Errorf("%s: %q is not seen", name, text)
		}
		shown := r.Answer(text).String()
		if shown == Printable(text) || strings.Contains(digitsAlone(shown), disguisedCard[:15]) || n.Hold(shown) {
			t.Errorf("%s: %q is shown as %q", name, text, shown)
		}
	}
}

func digitsAlone(text string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, text)
}

// Other numbers are none, however like they are.
func TestNumbers_LeaveTheRest(t *testing.T) {
	n := NewNumbers([]string{disguisedCard, "411111111111", "no number", "12345"})
	r := New(Secrets{Cards: []string{disguisedCard}})
	for _, text := range []string{
		"", "457100******0001", "first 457100 last 0001", `{"bin":"45710000","last4":"0001"}`, "4571000000000002", "a wrong check digit: 4571 0000 0000 0002", "5571000000000001",
		"31090512345678", "310905123456789", "310905123456789012", `{"transaction_id":"4571000000000","order":"001"}`, "12345", "45710000 and then, much later and far from it, in another part of this text altogether, 00000001",
		"2026-11-30T12:00:00.457100Z", "4571 things, 0 of 0 and 000 of 00, 0001", "34:35:37:31:30:30:30:30:30:30:30:30:30:30:30:32", "[52, 53, 55, 49, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 50]", "48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39", "⁴ of ⁵", "\u00b2\u00b3",
		"eyJhIjoiNDU3MTAwMDAwIn0=\nMDAwMDAyMDAwMDAwMDAw",
	} {
		if n.Hold(text) {
			t.Errorf("%q is seen", text)
		}
		if got := r.Answer(text).String(); got != Printable(text) {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	if NewNumbers(nil).Hold(disguisedCard) {
		t.Error("none is known")
	}
}

// TestNumbers_InLongTexts: what a target sends in bulk is looked through to its end, each
// part of it once.
func TestNumbers_InLongTexts(t *testing.T) {
	r := New(Secrets{Cards: []string{disguisedCard}})
	for _, part := range []string{"ABCDEFGHIJKL\n", `ABCDEFGHIJKL\n`, `\\\\`, "49,", "<b1>", "⁴ a", "4571 "} {
		if got := r.Answer(strings.Repeat(part, 128<<10/len(part)) + " of " + disguisedCard).String(); !strings.HasSuffix(got, MaskCard(disguisedCard)) {
			t.Errorf("after many %q the card number is shown as %q", part, got[max(0, len(got)-30):])
		}
	}
}
