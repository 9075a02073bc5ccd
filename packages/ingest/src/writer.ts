/** The writer's thread: every kind of write, and what serves them. */
import "./kinds.generated.ts";
import { serveWriter } from "./store/serve-writer.ts";

serveWriter();
