package spec

import "testing"

func TestFormats(t *testing.T) {
	for _, tt := range []struct {
		format string
		right  []string
		wrong  []string
	}{
		{"email", []string{"a.b+c@ex-ample.test", `"joe bloggs"@example.test`, "joe@[127.0.0.1]"}, []string{"a@@b", "a@", "Joe <joe@example.test>", ""}},
		{"idn-email", []string{"δοκ@παράδειγμα.δοκιμή"}, []string{"x", "a b@c", "@c"}},
		{"hostname", []string{"a-b.example.test", "xn--4gbwdl.xn--wgbh1c", "localhost"}, []string{"-a.test", "a..b", "a_b.test", ""}},
		{"idn-hostname", []string{"실례.테스트", "example.test."}, []string{"a..b", "a b", "http://a", ""}},
		{"time", []string{"12:00:00Z", "23:59:60Z", "08:30:06.283185+02:00"}, []string{"23:59", "24:00:00Z", "12:00:00", "12:00:60Z"}},
		{"duration", []string{"P3Y6M4DT12H30M5S", "PT36H", "P4W", "P0D"}, []string{"P", "P1Y2W", "PT", "4W"}},
		{"uri", []string{"urn:oasis:names:x", "https://example.test/?q=a%20b"}, []string{"//a.test", "/a", ""}},
		{"uri-reference", []string{"#frag", "/abc", "", "?a=b", "https://example.test"}, []string{`\\WINDOWS\x`, "a b", "a<b"}},
		{"uri-template", []string{"https://example.test/{term:1}/{term}"}, []string{"https://example.test/{term"}},
		{"iri", []string{"http://ƒøø.ßår/?∂éœ=πîx"}, []string{"//ƒøø", "http://a b"}},
		{"iri-reference", []string{"#ƒrägmênt", ""}, []string{`#ƒräg\mênt`}},
		{"json-pointer", []string{"", "/a~0/b~1/%"}, []string{"a", "/a~"}},
		{"relative-json-pointer", []string{"0/a", "1#"}, []string{"-1/a", "/a"}},
		{"regex", []string{`^a(?=b)\p{L}`, "a{,2}"}, []string{"^(abc]", "a**("}},
		{"base64url", []string{"-_-_", "aGk", "aGk=", ""}, []string{"+/+/", "a", "a b"}},
		{"ipv6", []string{"::1", "::ffff:192.168.0.1"}, []string{"::1%eth0", "12345::", "1.2.3.4"}},
		{"made-up", []string{"anything"}, nil},
	} {
		for _, text := range tt.right {
			if err := checkFormat(tt.format, text); err != nil {
				t.Errorf("%s: %q %v", tt.format, text, err)
			}
		}
		for _, text := range tt.wrong {
			if checkFormat(tt.format, text) == nil {
				t.Errorf("%s: %q passes", tt.format, text)
			}
		}
	}
}

func TestMatches_AsECMA262(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		right   []string
		wrong   []string
	}{
		{`^\s$`, []string{"\ufeff", "\u00a0", "\v", "\u2028", " "}, []string{"\u200b", "a"}},
		{`^\S$`, []string{"\u200b", "a"}, []string{"\ufeff", "\u00a0"}},
		{`^[^\s]$`, []string{"a"}, []string{"\ufeff", " "}},
		{`^[a\S]$`, []string{"a", "b"}, []string{" "}},
		{`^a.b$`, []string{"axb"}, []string{"a\u2028b", "a\rb", "a\nb"}},
		{`^[.]$`, []string{"."}, []string{"a"}},
		{`^\.\\$`, []string{`.\`}, []string{`a\`}},
		{`^a$`, []string{"a"}, []string{"a\n"}},
		{`^\d+$`, []string{"12"}, []string{"١٢"}},
		{`^\w+$`, []string{"a_1"}, []string{"é"}},
	} {
		for _, text := range tt.right {
			if !Matches(tt.pattern, text) {
				t.Errorf("%s does not match %q", tt.pattern, text)
			}
		}
		for _, text := range tt.wrong {
			if Matches(tt.pattern, text) {
				t.Errorf("%s matches %q", tt.pattern, text)
			}
		}
	}
}
