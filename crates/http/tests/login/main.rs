//! The Login API, in process, from a browser that keeps cookies; every answer is checked against the OpenAPI document.

mod console;
mod cross_domain;
mod cross_site;
mod email;
mod enumeration;

mod lockouts;
mod organizations;
mod passwords;
mod providers;
mod redirects;
mod second_factors;
mod support;
