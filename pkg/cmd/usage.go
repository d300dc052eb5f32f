package cmd

// usageTemplate is cobra's, in kubectl's order (examples, commands, options,
// usage) and without the inherited flags, which `options` lists.
const usageTemplate = `{{if .HasExample}}Examples:
{{.Example}}

{{end}}{{if .HasAvailableSubCommands}}Available Commands:
{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}{{if .HasParent}}Options:
{{.LocalFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}

{{end}}{{end}}Usage:
  {{if .Runnable}}{{.UseLine}}{{end}}{{if and .HasAvailableSubCommands .HasParent}}
  {{.CommandPath}} [command]{{end}}

{{if .HasAvailableSubCommands}}Use "{{.CommandPath}} [command] --help" for more about a command.
{{end}}Use "{{.Root.CommandPath}} options" for a list of flags that every command has.
`
