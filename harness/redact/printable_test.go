package redact

import "testing"

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ claim, text, want string }{
		{"text stays", "é 交易 🙂 \t\n", "é 交易 🙂 \t\n"},
		{"line ends of the network stay", "a\r\nb", "a\r\nb"},
		{"a lone carriage return is seen", "FAIL\rPASS", `FAIL\x0dPASS`},
		{"terminal sequences are seen", "\x1b[31m\x00\x7f", `\x1b[31m\x00\x7f`},
		{"control characters above ASCII are seen", "\u009b31m", `\x9b31m`},
		{"directions are seen", "\u202eabc\u2066\u200f\u061c", `\x202eabc\x2066\x200f\x61c`},
		{"characters without width are seen", "a\u200bb\ufeff", `a\x200bb\xfeff`},
		{"separators of lines are seen", "a\u2028b\u2029", `a\x2028b\x2029`},
		{"no characters are seen", "\ufffe\uffff", `\xfffe\xffff`},
		{"broken UTF-8 is seen", "a\xff\xc3(", `a\xff\xc3(`},
		{"a command of GitHub is none", "a\n ::error file=x::no\n::stop-commands::t", "a\n : :error file=x::no\n: :stop-commands::t"},
		{"nor one of Azure or TeamCity", "x ##vso[task.complete] ##[error] ##teamcity[x]", "x # #vso[task.complete] # #[error] # #teamcity[x]"},
		{"what is like one stays", "::1 a::b [::1]:80 ## Title ### a [b]", "::1 a::b [::1]:80 ## Title ### a [b]"},
		{"the replacement character is text", "\ufffd", "\ufffd"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := Printable(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again := Printable(tt.want); again != tt.want {
				t.Errorf("%q becomes %q", tt.want, again)
			}
		})
	}
}
