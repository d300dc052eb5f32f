package jenkins

import "context"

// Reach asks the server who it takes us for: found names server and user.
func (c *Client) Reach(ctx context.Context) (found string, err error) {
	var who struct {
		Name      string
		Anonymous bool
	}
	// me needs a login; whoAmI answers anybody who may read.
	if err := c.get(ctx, "/whoAmI/api/json", "name,anonymous", &who); err != nil {
		return "", err
	}
	if who.Anonymous || who.Name == "" {
		return c.base.Host + ", anonymously", nil
	}
	return c.base.Host + " as " + who.Name, nil
}
