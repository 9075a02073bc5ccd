/** A reader's thread: every kind of read, and what serves them. */
import "./kinds.generated.ts";
import { serveReader } from "./store/serve-reader.ts";

serveReader();
