/** The server as scripts and tests start it. */
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
