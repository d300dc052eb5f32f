package cluster

import (
	"context"
	"slices"
	"strings"
)

// tailScript prints the end of each file behind the line "--NONCE T PATH".
const tailScript = `IFS= read -r nonce; IFS= read -r most
while IFS= read -r name; do
  if [ -f "$name" ] && [ -r "$name" ]; then
    printf '\n--%s T %s\n' "$nonce" "$name"
    tail -c "$most" "$name" 2>/dev/null
  fi
done
printf '\n--%s E\n' "$nonce"
`

// Tail reads the last bytes of files, most of them from each, all in one run, and
// keeps them. What does not exist or may not be read is left out of the answer.
func (p *PodFiles) Tail(ctx context.Context, paths []string, most int) (map[string][]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	missing := slices.DeleteFunc(slices.Clone(paths), func(name string) bool {
		_, known := p.tails[name]
		return known || strings.ContainsAny(name, "\n\r")
	})
	if len(missing) > 0 {
		parts, err := p.start(ctx, tailScript).ask(ctx, most, missing)
		if err != nil {
			return nil, err
		}
		if p.tails == nil {
			p.tails = map[string][]byte{}
		}
		for _, name := range missing {
			p.tails[name] = nil // asked, and not there
		}
		for _, part := range parts {
			head, data, _ := strings.Cut(part, "\n")
			if name, ok := strings.CutPrefix(head, "T "); ok {
				p.tails[name] = []byte(data)
			}
		}
	}
	out := map[string][]byte{}
	for _, name := range paths {
		if data := p.tails[name]; data != nil {
			out[name] = data
		}
	}
	return out, nil
}
