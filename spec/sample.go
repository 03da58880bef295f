package spec

import (
	"archive/zip"
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"sync"
)

// samples are the smallest files of the media types that no value of a schema makes, by media type.
var samples = sync.OnceValue(func() map[string]string {
	dot := image.NewGray(image.Rect(0, 0, 1, 1))
	written := func(write func(b *bytes.Buffer) error) string {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			panic(err) // into memory nothing fails
		}
		return b.String()
	}
	return map[string]string{
		"image/png":       written(func(b *bytes.Buffer) error { return png.Encode(b, dot) }),
		"image/jpeg":      written(func(b *bytes.Buffer) error { return jpeg.Encode(b, dot, nil) }),
		"image/gif":       written(func(b *bytes.Buffer) error { return gif.Encode(b, dot, nil) }),
		"image/svg+xml":   `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
		"application/zip": written(func(b *bytes.Buffer) error { return zip.NewWriter(b).Close() }),
		"application/pdf": smallPDF,
	}
})

// smallPDF is an empty page.
const smallPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/MediaBox[0 0 3 3]/Parent 2 0 R>>endobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"

// texts of these media types are valid whatever they say.
var plainTexts = []string{"text/plain", "text/markdown", "text/html", "text/csv", "text/tab-separated-values", "text/css"}

// sampleFile is the smallest file of a media type, or of the first of a range, "" where none
// is known.
func sampleFile(documented string) (mediaType, file string) {
	base := BaseType(documented)
	if base == "image/*" {
		base = "image/png"
	}
	if base == "image/jpg" { // a common misspelling
		return documented, samples()["image/jpeg"]
	}
	return base, samples()[base]
}

// takesFile reports whether a schema lets a body be any bytes of its media type.
func takesFile(s Schema) bool {
	return s.Schema == nil || (s.Type == nil || slices.Equal(s.Type.Slice(), []string{"string"})) && s.Pattern == "" && s.Enum == nil && s.Const == nil &&
		s.MinLength == 0 && s.MaxLength == nil && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf)+len(s.Properties) == 0 && s.Not == nil && !strings.HasPrefix(s.Format, "date")
}
