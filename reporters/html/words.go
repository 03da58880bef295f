package html

// term is a word of the report with its meaning.
type term struct{ Word, Means string }

// terms are the words that a reader needs, in the order in which each builds on the
// ones before it.
var terms = []term{
	{"operation", "one method on one path of the API"},
	{"requirement", "one statement that a response, or what a request leaves behind, fulfils or breaks"},
	{"obligation", "one requirement on one operation"},
	{"case", "one request, or a short sequence of requests, that exercises an obligation"},
	{"cause", "what failures have in common: one deviation, wherever it shows; one fault of the target is as a rule one cause"},
	{"gravity", "how much harm a broken requirement does, the most first: money or data, access, outcome, protocol, wording"},
	{"passed", "exercised, and fulfilled in every case"},
	{"failed", "broken in at least one case; “failed (should)” is a warning and does not fail the run"},
	{"inconclusive", "not shown either way, for the reason given"},
	{"waived", "failed, and accepted by somebody until a date"},
}

// means returns the meaning of a word, "" for one without an entry.
func means(word string) string {
	for _, t := range terms {
		if t.Word == word {
			return t.Means
		}
	}
	return ""
}
