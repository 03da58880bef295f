package reporters

import (
	"strings"
	"time"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
