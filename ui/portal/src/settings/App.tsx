import { ApiContext, createApi, createQueryClient, Toaster } from "@lockwork/kit";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { router } from "./router";

const api = createApi();
const queries = createQueryClient();

/** What the customer's people set: their organization's and their own. */
export default function App() {
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toaster />
      </QueryClientProvider>
    </ApiContext>
  );
}
