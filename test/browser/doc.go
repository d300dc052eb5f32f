// Package browser opens the page of `--html` in a real Chromium and reads it as
// a person would: figures, width on a phone, light and dark, and that nothing is
// fetched from elsewhere. Without a browser its test is skipped and says so.
package browser
