package run

import (
	"reflect"

	"qorcheck/harness/redact"
)

// makePrintable makes each string of a value printable that was read from a file:
// somebody else may have written it. Texts have made themselves so.
func makePrintable(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			makePrintable(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				makePrintable(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			makePrintable(v.Index(i))
		}
	case reflect.Map:
		if v.Type().Elem().Kind() != reflect.String {
			return
		}
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.ValueOf(redact.Printable(v.MapIndex(key).String())).Convert(v.Type().Elem()))
		}
	case reflect.String:
		if text := redact.Printable(v.String()); text != v.String() {
			v.SetString(text)
		}
	}
}
