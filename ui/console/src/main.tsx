import "./app.css";
import { ApiContext, NavigationContext, Toaster } from "@lockwork/kit";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { api, queryClient } from "./data/api";
import { router } from "./router";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ApiContext value={api}>
        <QueryClientProvider client={queryClient}>
          <NavigationContext value={(href) => router.history.push(href)}>
            <RouterProvider router={router} />
            <Toaster />
          </NavigationContext>
        </QueryClientProvider>
      </ApiContext>
    </StrictMode>,
  );
}
