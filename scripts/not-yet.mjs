// Stands in for a command of the repository that is named but not built yet.
const [command = "this command"] = process.argv.slice(2);
process.stderr.write(`${command}: not yet\n`);
process.exitCode = 1;
