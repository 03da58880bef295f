package settings

import (
	"fmt"
	"strings"
	"testing"
)

func TestExtend(t *testing.T) {
	host := Line{Path: []string{"hosts"}, Value: `"a.test"`, Item: true, On: true}
	key := Line{Path: []string{"credentials", "valid", "key"}, Value: `"${KEY}"`, On: true}
	id := Line{Path: []string{"known", "id"}, Value: `""`, Note: "in 2 paths"}
	settle := Line{Path: []string{"settle"}, Value: `{ method: POST }`}
	card := Line{Path: []string{"triggers", "card", "approved"}, Value: "…"}
	for _, tt := range []struct {
		claim, file string
		lines       []Line
		want, left  string
	}{
		{"an empty file gets all", "", []Line{host, key, id, settle},
			"hosts:\n  - \"a.test\"\ncredentials:\n  valid:\n    key: \"${KEY}\"\nknown:\n  # id: \"\"  # in 2 paths\n# settle: { method: POST }\n", ""},
		{"what is there stays", "hosts: [a.test] # mine\ncredentials: { valid: { key: \"k\" } }\nknown:\n    id: 7\n", []Line{host, key, id},
			"hosts: [a.test] # mine\ncredentials: { valid: { key: \"k\" } }\nknown:\n    id: 7\n", ""},
		{"what was switched on stays on", "known:\n  # id: \"\"\n  other: 1\n", []Line{id}, "known:\n  # id: \"\"\n  other: 1\n", ""},
		{"a comment in another section is another one", "effects:\n  # id: reads\n", []Line{id}, "effects:\n  # id: reads\nknown:\n  # id: \"\"  # in 2 paths\n", ""},
		{"a section gets a line at its end, indented as it is", "known:\n    a: 1\n    # b: 2\n\ncannot: {}\n", []Line{id},
			"known:\n    a: 1\n    # b: 2\n    # id: \"\"  # in 2 paths\n\ncannot: {}\n", ""},
		{"a list gets an item", "hosts:\n- b.test\nknown:\n", []Line{host}, "hosts:\n- b.test\n- \"a.test\"\nknown:\n", ""},
		{"a host that is given counts, though a comment has it", "hosts:\n  # - \"a.test\"\n", []Line{host}, "hosts:\n  # - \"a.test\"\n  - \"a.test\"\n", ""},
		{"what stands in braces has no place for a line", "credentials: { valid: {} }\nhosts: [b.test]\n", []Line{key, host},
			"credentials: { valid: {} }\nhosts: [b.test]\n", "credentials: { valid: { key: \"${KEY}\" } }\nhosts: [\"a.test\"]"},
		{"a deep comment takes one row", "", []Line{card}, "triggers:\n  # card: { approved: … }\n", ""},
		{"a key that YAML would misread is quoted", "", []Line{{Path: []string{"known", "a b"}, Value: "1", On: true}}, "known:\n  \"a b\": 1\n", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, _, left, err := Extend([]byte(tt.file), tt.lines)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, l := range left {
				lines = append(lines, fmt.Sprint(l))
			}
			if string(got) != tt.want || strings.Join(lines, "\n") != tt.left {
				t.Errorf("got\n%s\nand left %q; want\n%s\nand left %q", got, lines, tt.want, tt.left)
			}
			again, added, _, err := Extend(got, tt.lines)
			if err != nil || string(again) != string(got) || len(added) != 0 {
				t.Errorf("a second time: %v, added %v\n%s", err, added, again)
			}
		})
	}
	if _, _, _, err := Extend([]byte("a: b: c"), []Line{host}); err == nil {
		t.Error("what is no YAML must be refused")
	}
}
