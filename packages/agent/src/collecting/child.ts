/**
 * Entry of the process that looks at the machine. Started by `collecting.ts`, which ends it when a collector
 * takes too long. Loads the collectors and nothing else.
 */
import { collectors } from "../collectors/index.generated.ts";
import { serveTask } from "./serve-task.ts";

serveTask(collectors);
