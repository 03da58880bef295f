package html

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// web returns an address that may become a link, "" for schemes other than http and https.
func web(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}

// bare is an address without its scheme, for people.
func bare(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

// plural counts things: 1 case, 2,000 cases.
func plural(n int, word string) string { return commas(n) + " " + noun(n, word) }

// noun is a word for a number of things.
func noun(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return word
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// commas writes a number in groups of three digits.
func commas(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// milliseconds writes a duration in the unit that suits it.
func milliseconds(ms float64) string {
	switch {
	case ms >= 10_000:
		return fmt.Sprintf("%.0f s", ms/1000)
	case ms >= 1000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 10:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f ms", ms)
}
