print("cas")
