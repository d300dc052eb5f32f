// Package v1alpha1 holds the types of every JSON that mysqldrift prints: one
// schema everywhere. Types only, no behaviour beyond accessors.
package v1alpha1

// APIVersion is the version that printed objects carry.
const APIVersion = "mysqldrift.io/v1alpha1"
