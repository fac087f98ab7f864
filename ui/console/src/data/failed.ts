import { sentence, toast } from "@lockwork/kit";

/** Says that something that a menu began went wrong. */
export const failed = (error: unknown): void => toast(sentence(error), "bad");
