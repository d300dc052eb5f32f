package declared

import (
	"context"
	"slices"
	"strings"
)

// byContent finds the source of a file that the manifests do not explain: the
// ConfigMap key, of those that the pod mounts or else of the namespace, that has
// the same text.
func (c *confirmation) byContent(ctx context.Context, name string, pl place, file PodFile) (text, string) {
	content := string(file.Data)
	if src := absentKey(pl); src != nil {
		return sourced(content, src), "mount"
	}
	if len(optionLines(content)) == 0 || pl.vol.kind == "image" && c.r.profile.family != familyUnknown && len(c.best.start.doubt) == 0 {
		return text{{s: content, src: imageSource}}, "image"
	}
	matches := c.matching(content, c.podKeys())
	if len(matches) == 0 {
		matches = c.matching(content, c.namespaceKeys(ctx))
	}
	switch len(matches) {
	case 1:
		c.verdicts[name] = verdict{confirmed: true, found: matches[0].object}
		t := sourced(content, matches[0])
		t[0].edited = true
		return t, "copy"
	case 0:
		if pl.vol.kind == "image" {
			return text{{s: content, src: imageSource}}, "image"
		}
		return plain(content), "disk"
	}
	var names []string
	for _, m := range matches {
		names = append(names, m.object)
	}
	c.verdicts[name] = verdict{ambiguous: names}
	return sourced(content, matches[0]), "copy"
}

// absentKey is the key of a file in the volume of an object that may not be read.
// Of several objects in one volume it cannot be told which; a Secret among them
// makes the content secret.
func absentKey(pl place) *source {
	absent := pl.vol.absent
	if pl.mount == nil || len(absent) == 0 {
		return nil
	}
	src := &source{object: "generated", secret: slices.ContainsFunc(absent, func(a absentObject) bool { return strings.HasPrefix(a.prefix, "secret/") })}
	if len(absent) == 1 && pl.mount.sub == "" {
		src.object = absent[0].prefix + strings.TrimPrefix(strings.TrimPrefix(pl.name, pl.mount.at), "/")
	}
	return src
}

type key struct {
	src  *source
	text string
}

// podKeys are the option files among what the pod's volumes hold.
func (c *confirmation) podKeys() []key {
	var keys []key
	for _, name := range sortedKeys(c.r.volumes) {
		vol := c.r.volumes[name]
		if !vol.readOnly {
			continue
		}
		eachFile(vol.root, "", func(p string, n *node) {
			if src := firstSource(n.data); src != nil && likelyOptions(p, n) {
				keys = append(keys, key{src, n.data.String()})
			}
		})
	}
	return keys
}

func (c *confirmation) namespaceKeys(ctx context.Context) []key {
	list, err := c.r.objs.ConfigMaps(ctx, c.r.pod.Namespace)
	if err != nil {
		return nil
	}
	var keys []key
	for i := range list {
		for _, k := range sortedKeys(list[i].Data) {
			if n := (&node{data: plain(list[i].Data[k])}); likelyOptions(k, n) {
				keys = append(keys, key{&source{object: "configmap/" + list[i].Name + ":" + k}, list[i].Data[k]})
			}
		}
	}
	return keys
}

// matching keeps the keys that a file was made of, the closest kind of match
// first: the same bytes, the same lines, the same options with some filled in or
// added.
func (c *confirmation) matching(content string, keys []key) []*source {
	lines := optionLines(content)
	options := values(content)
	levels := []func(key) bool{
		func(k key) bool { return k.text == content },
		func(k key) bool { return slices.Equal(optionLines(k.text), lines) },
		func(k key) bool {
			have := values(k.text)
			equal := 0
			for option, value := range have {
				got, ok := options[option]
				if !ok {
					return false
				}
				if got == value {
					equal++
				} else if !placeholder(value) {
					return false
				}
			}
			return equal >= 2
		},
	}
	for _, fits := range levels {
		var found []*source
		for _, k := range keys {
			if fits(k) && !slices.ContainsFunc(found, func(s *source) bool { return s.object == k.src.object }) {
				found = append(found, k.src)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// placeholder says whether a value is one for a script to fill in.
func placeholder(s string) bool {
	return strings.Contains(s, "@@") || strings.Contains(s, "%%") || strings.Contains(s, "${") || strings.Contains(s, "__") || strings.HasPrefix(s, "gcomm://")
}
